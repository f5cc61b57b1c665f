#include "common/config/changes.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "common/config/parse.h"

namespace overlap::config {
namespace {

using Names = std::vector<std::string>;

// Every key with a value that is not its default, and two listeners.
constexpr auto other = R"(
[store]
root = 'D:\Other'
threads = 5
flush = "none"
free_bytes_min = 1
digest_file_bytes_max = 1
[access]
anonymous_read = true
anonymous_write = true
users_file = 'u'
realm = "R"
[limits]
head_bytes_max = 10000
headers_max = 99
target_bytes_max = 1000
body_bytes_max = 1
chunk_bytes = 8192
receive_bytes_per_second_max = 1000000
send_bytes_per_second_max = 1000000
receive_bytes_per_second_min = 1
send_bytes_per_second_min = 1
listing_entries_max = 1
[timeouts]
head_seconds = 1
idle_seconds = 1
progress_seconds = 1
drain_seconds = 1
stall_seconds = 1
[uploads]
resumable = false
expire_seconds = 1
unfinished_max = 1
[tls]
certificate_file = 'c'
key_file = 'k'
client_ca_file = 'a'
[admin]
enabled = false
address = "::1"
port = 1
tls = true
anonymous_read = true
token_file = 't'
hosts = "h"
[journal]
enabled = false
file = 'j'
keep_seconds = 1
bytes_max = 1048576
w3c_file = 'w'
w3c_rotation_bytes = 1024
w3c_files_max = 1
[log]
level = "error"
file = 'l'
rotation_bytes = 1024
files_max = 1
event_log = false
event_log_level = "error"
[[listener]]
name = "a"
model = "asio"
port = 9001
[[listener]]
name = "b"
model = "apc"
port = 9002
)";

Config first() {
  Config config;
  config.store.root = "C:\\Files";
  config.listeners = parse(other, "other").listeners;
  return config;
}

TEST(Changes, are_none_between_equals) {
  EXPECT_EQ(changed_keys(first(), first()), Names());
  EXPECT_EQ(restart_keys(first(), first()), Names());
}

TEST(Changes, name_every_key_of_every_section) {
  Names expected = known_keys();
  std::erase_if(expected, [](const std::string& key) { return key.starts_with("listener."); });
  EXPECT_EQ(changed_keys(first(), parse(other, "other")), expected);
}

TEST(Changes, that_need_a_restart_are_these) {
  const Names expected{"store.root",
                       "store.threads",
                       "store.flush",
                       "store.free_bytes_min",
                       "store.digest_file_bytes_max",
                       "uploads.expire_seconds",
                       "uploads.unfinished_max",
                       "admin.enabled",
                       "admin.address",
                       "admin.port",
                       "admin.tls",
                       "admin.token_file"};
  EXPECT_EQ(restart_keys(first(), parse(other, "other")), expected);
}

TEST(Changes, tell_a_time_that_differs_by_a_millisecond) {
  Config after = first();
  after.timeouts.head += std::chrono::milliseconds(1);
  EXPECT_EQ(changed_keys(first(), after), Names{"timeouts.head_seconds"});
}

TEST(Changes, of_a_listener_name_it) {
  Config after = first();
  Listener& listener = after.listeners[1];
  listener.model = ModelName::device;
  listener.address = "::1";
  listener.port = 9003;
  listener.threads = 7;
  listener.connections_max = 8;
  listener.connections_per_address_max = 9;
  listener.tls = true;
  const Names expected{
      "listener.b.model",   "listener.b.address",         "listener.b.port",
      "listener.b.threads", "listener.b.connections_max", "listener.b.connections_per_address_max",
      "listener.b.tls"};
  EXPECT_EQ(changed_keys(first(), after), expected);
  EXPECT_EQ(restart_keys(first(), after), Names());
}

TEST(Changes, know_listeners_that_come_and_go) {
  Config after = first();
  after.listeners[0].name = "c";
  EXPECT_EQ(changed_keys(first(), after), (Names{"listener.a", "listener.c"}));
  EXPECT_EQ(restart_keys(first(), after), Names());
}

TEST(Changes, take_no_notice_of_the_order_of_the_listeners) {
  Config after = first();
  std::swap(after.listeners[0], after.listeners[1]);
  EXPECT_EQ(changed_keys(first(), after), Names());
}

}  // namespace
}  // namespace overlap::config
