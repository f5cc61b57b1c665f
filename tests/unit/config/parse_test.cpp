#include "common/config/parse.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace overlap::config {
namespace {

using namespace std::chrono_literals;

constexpr auto least = R"(
[store]
root = 'C:\Files'
[[listener]]
model = "asio"
port = 8104
)";

TEST(Parse, fills_in_every_default) {
  Config expected;
  expected.store.root = "C:\\Files";
  expected.listeners.push_back(
      {.name = "asio", .model = ModelName::asio, .port = 8104, .threads = 2});
  EXPECT_EQ(parse(least, "a.toml"), expected);
}

TEST(Parse, reads_every_key) {
  const Config config = parse(R"(
[store]
root = '\\server\share\files'
threads = 3
flush = "none"
free_bytes_min = 1
digest_file_bytes_max = 2
[access]
anonymous_read = true
anonymous_write = true
users_file = 'users.toml'
realm = "The files of A & B"
[limits]
head_bytes_max = 2000
headers_max = 20
target_bytes_max = 1000
body_bytes_max = 5_000_000_000
chunk_bytes = 8192
receive_bytes_per_second_max = 500
send_bytes_per_second_max = 600
receive_bytes_per_second_min = 7
send_bytes_per_second_min = 8
listing_entries_max = 9
[timeouts]
head_seconds = 1.5
idle_seconds = 7
progress_seconds = 0.25
drain_seconds = 0
stall_seconds = 4
[uploads]
resumable = false
expire_seconds = 1.5
unfinished_max = 3
[tls]
certificate_file = 'C:/Tls/chain.pem'
key_file = 'tls\key.pem'
client_ca_file = 'clients.pem'
[admin]
enabled = false
address = "::1"
port = 9000
tls = true
anonymous_read = true
token_file = 'C:/Secrets/token'
hosts = "files.example.org , Proxy,10.0.0.1"
[journal]
enabled = false
file = 'data/journal.sqlite'
keep_seconds = 1.5
bytes_max = 1048576
w3c_file = 'logs/u_ex.log'
w3c_rotation_bytes = 2048
w3c_files_max = 4
[log]
level = "warning"
file = 'logs\overlap.log'
rotation_bytes = 4096
files_max = 2
event_log = false
event_log_level = "info"
[[listener]]
name = "first"
model = "event"
address = "127.0.0.2"
port = 9001
threads = 5
connections_max = 77
connections_per_address_max = 66
tls = true
[[listener]]
model = "device"
address = "::1"
port = 65535
)",
                              "a.toml");
  const Config expected{
      .store = {"\\\\server\\share\\files", 3, FlushPolicy::none, 1, 2},
      .access = {true, true, "users.toml", "The files of A & B"},
      .limits = {2000, 20, 1000, 5'000'000'000, 8192, 500, 600, 7, 8, 9},
      .timeouts = {1500ms, 7000ms, 250ms, 0ms, 4000ms},
      .uploads = {false, 1500ms, 3},
      .tls = {"C:\\Tls\\chain.pem", "tls\\key.pem", "clients.pem"},
      .admin = {false, "::1", 9000, true, true, "C:\\Secrets\\token",
                "files.example.org,Proxy,10.0.0.1"},
      .journal = {false, "data\\journal.sqlite", 1500ms, 1'048'576, "logs\\u_ex.log", 2048, 4},
      .log = {Severity::warning, "logs\\overlap.log", 4096, 2, false, Severity::info},
      .listeners = {{"first", ModelName::event, "127.0.0.2", 9001, 5, 77, 66, true},
                    {"device", ModelName::device, "::1", 65535, 32, 2000, 1000, false}},
  };
  EXPECT_EQ(config, expected) << describe(config);
  EXPECT_EQ(parse(describe(config), "described"), config) << describe(config);
}

TEST(Parse, gives_each_model_its_default_threads) {
  std::string text = "[store]\nroot = 'C:\\Files'\n";
  for (const auto name : model_names) {
    text += "[[listener]]\nmodel = \"" + std::string(name) +
            "\"\nport = " + std::to_string(9000 + text.size()) + "\n";
  }
  const auto listeners = parse(text, "a.toml").listeners;
  ASSERT_EQ(listeners.size(), 4u);
  EXPECT_EQ(listeners[0].threads, 32u);
  EXPECT_EQ(listeners[1].threads, 32u);
  EXPECT_EQ(listeners[2].threads, 2u);
  EXPECT_EQ(listeners[3].threads, 2u);
}

TEST(Parse, takes_what_windows_editors_write) {
  std::string text(least);
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
    text.insert(at, "\r");
  }
  EXPECT_EQ(parse("\xEF\xBB\xBF" + text, "a.toml"), parse(least, "a.toml"));
}

TEST(Parse, takes_inline_tables_and_dotted_keys) {
  EXPECT_EQ(parse("store.root = 'C:\\Files'\nlistener = [{model = \"asio\", port = 8104}]", "a"),
            parse(least, "a.toml"));
}

TEST(Parse, lets_anonymous_writing_stay_on_loopback) {
  for (const auto* address : {"127.0.0.1", "127.255.255.254", "::1"}) {
    EXPECT_NO_THROW(parse(
        std::string(least) + "address = \"" + address + "\"\n[access]\nanonymous_write = true\n",
        "a.toml"))
        << address;
  }
}

TEST(Parse, lets_anonymous_reading_out_on_the_network) {
  for (const auto* address : {"0.0.0.0", "::", "192.168.1.2", "2001:db8::1"}) {
    EXPECT_NO_THROW(parse(std::string(least) + "address = \"" + address + "\"\n", "a.toml"))
        << address;
  }
}

TEST(Parse, lets_users_and_their_passwords_out_on_the_network_without_tls) {
  EXPECT_NO_THROW(parse(
      std::string(least) + "address = \"0.0.0.0\"\n[access]\nusers_file = 'users.toml'\n", "a"));
}

TEST(Parse, lets_a_certificate_wait_for_its_listener) {
  EXPECT_NO_THROW(
      parse(std::string(least) + "[tls]\ncertificate_file = 'c.pem'\nkey_file = 'k.pem'\n", "a"));
}

TEST(Parse, serves_tls_without_client_certificates) {
  const Config config = parse(std::string(least) +
                                  "tls = true\n"
                                  "[tls]\ncertificate_file = 'c.pem'\nkey_file = 'k.pem'\n",
                              "a");
  EXPECT_TRUE(config.listeners.front().tls);
  EXPECT_EQ(config.tls, (Tls{"c.pem", "k.pem", ""}));
}

TEST(Parse, takes_a_least_rate_that_is_the_greatest) {
  EXPECT_NO_THROW(parse(std::string(least) + "[limits]\nreceive_bytes_per_second_max = 128\n"
                                             "send_bytes_per_second_max = 1024\n",
                        "a"));
}

TEST(Parse, lets_one_port_serve_separate_addresses) {
  EXPECT_NO_THROW(parse(std::string(least) + R"(
[[listener]]
name = "other"
model = "asio"
address = "127.0.0.2"
port = 8104
[[listener]]
name = "six"
model = "asio"
address = "::"
port = 8104
[[listener]]
name = "beside-admin"
model = "asio"
address = "127.0.0.3"
port = 8100
)",
                        "a.toml"));
}

TEST(Parse, frees_the_port_of_a_disabled_admin_endpoint) {
  std::string text(least);
  text.replace(text.find("8104"), 4, "8100");
  EXPECT_THROW(parse(text, "a.toml"), ConfigError);
  EXPECT_NO_THROW(parse(text + "[admin]\nenabled = false\n", "a.toml"));
}

TEST(Parse, lets_the_admin_endpoint_out_on_the_network_with_tls_and_without_anonymous_reading) {
  for (const auto* address : {"0.0.0.0", "::", "192.168.1.2", "2001:db8::1"}) {
    EXPECT_NO_THROW(parse(std::string(least) + "[tls]\ncertificate_file = 'c.pem'\n" +
                              "key_file = 'k.pem'\n[admin]\ntls = true\naddress = \"" + address +
                              "\"\n",
                          "a"))
        << address;
  }
}

TEST(Parse, lets_statistics_be_read_without_token_on_loopback) {
  for (const auto* address : {"127.0.0.1", "127.255.255.254", "::1"}) {
    EXPECT_NO_THROW(parse(
        std::string(least) + "[admin]\nanonymous_read = true\naddress = \"" + address + "\"\n",
        "a"))
        << address;
  }
}

TEST(Parse, does_not_mind_the_address_of_a_disabled_admin_endpoint) {
  EXPECT_NO_THROW(parse(std::string(least) + "[admin]\nenabled = false\naddress = \"0.0.0.0\"\n"
                                             "anonymous_read = true\ntls = true\n",
                        "a"));
}

TEST(Parse, takes_host_names_at_their_bounds) {
  const std::string label(63, 'a');
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  ASSERT_EQ(longest.size(), 253u);
  const auto hosts = [](const std::string& written) {
    return parse(std::string(least) + "[admin]\nhosts = \"" + written + "\"\n", "a").admin.hosts;
  };
  EXPECT_EQ(hosts(longest), longest);
  EXPECT_EQ(hosts(""), "");
  EXPECT_EQ(hosts("  a ,b-c.1,  D "), "a,b-c.1,D");
}

TEST(Parse, brings_the_root_into_one_form) {
  const auto root = [](const std::string& written) {
    return parse("store.root = '" + written + "'\nlistener = [{model = \"asio\", port = 1}]", "a")
        .store.root;
  };
  EXPECT_EQ(root("C:/Files/a"), "C:\\Files\\a");
  EXPECT_EQ(root("C:\\Files\\"), "C:\\Files");
  EXPECT_EQ(root("z:\\"), "z:\\");
  EXPECT_EQ(root("Z:/"), "Z:\\");
  EXPECT_EQ(root("//server/share/"), "\\\\server\\share");
  EXPECT_EQ(root("C:\\Eigene Dateien\\ä.b\\.c"), "C:\\Eigene Dateien\\ä.b\\.c");
}

TEST(Parse, takes_texts_and_limits_at_their_bounds) {
  std::string text(least);
  const std::string longest = "C:\\" + std::string(1021, 'a');
  text.replace(text.find("C:\\Files"), 8, longest);
  text += "name = \"" + std::string(32, 'a') + "\"\n";
  text += "[limits]\nhead_bytes_max = 1024\ntarget_bytes_max = 1024\n";
  text += "[log]\nfile = '" + longest + "'\n";
  text += "[access]\nusers_file = '" + longest + "'\nrealm = \"" + std::string(64, '~') + "\"\n";
  const Config config = parse(text, "a.toml");
  EXPECT_EQ(config.store.root, longest);
  EXPECT_EQ(config.log.file, longest);
  EXPECT_EQ(config.access.users_file, longest);
  EXPECT_EQ(config.access.realm, std::string(64, '~'));
}

TEST(Parse, serves_as_many_listeners_as_allowed) {
  std::string text = "[store]\nroot = 'C:\\Files'\n";
  const auto add = [&](std::size_t number) {
    text += "[[listener]]\nmodel = \"asio\"\nname = \"l" + std::to_string(number) +
            "\"\nport = " + std::to_string(9000 + number) + "\n";
  };
  for (std::size_t i = 0; i < listeners_max; ++i) add(i);
  EXPECT_EQ(parse(text, "a.toml").listeners.size(), listeners_max);
  add(listeners_max);
  EXPECT_THROW(parse(text, "a.toml"), ConfigError);
}

TEST(Parse, bounds_the_file) {
  std::string text(least);
  text.resize(file_bytes_max - 1, ' ');
  text += '\n';
  EXPECT_NO_THROW(parse(text, "a.toml"));
  text += '\n';
  EXPECT_THROW(parse(text, "a.toml"), ConfigError);
}

}  // namespace
}  // namespace overlap::config
