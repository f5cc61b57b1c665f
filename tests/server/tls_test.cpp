// TLS over real sockets, the same on every model.
#include <gtest/gtest.h>

#include <ctime>
#include <thread>

#include "common/access/users.h"
#include "common/tls/self_signed.h"
#include "tests/server/running_server.h"
#include "tests/server/tls_client.h"
#include "tests/unit/tls/certificates.h"

namespace overlap::test {
namespace {

constexpr std::size_t mebibyte = 1 << 20;

SelfSigned certificate_for(const std::string& host) {
  return make_self_signed({.hosts = {host}, .now_unix_seconds = std::time(nullptr)});
}

class Tls : public testing::TestWithParam<config::ModelName> {
 protected:
  Tls() : server(certificate_for("localhost")) {
    const std::int64_t now = std::time(nullptr);
    const Issued authority = issue(
        {.common_name = "authority", .authority = true, .from = now - 3600, .to = now + 86'400});
    client =
        issue({.common_name = "anna", .for_clients = true, .from = now - 3600, .to = now + 3600},
              &authority);
    files.write("server.pem", server.certificate);
    files.write("server.key", server.private_key);
    files.write("clients.pem", authority.certificate_pem);
    access::UserRecord anna;
    anna.name = "anna";
    anna.home = "anna";
    files.write("users.toml", access::describe({anna}));
  }

  void serve(bool anonymous, std::size_t connections_per_address_max = 1000) {
    running.emplace(GetParam(), [=, this](config::Config& config) {
      config.listeners[0].connections_per_address_max = connections_per_address_max;
      config.listeners[0].tls = true;
      config.tls.certificate_file = (files.path() / "server.pem").string();
      config.tls.key_file = (files.path() / "server.key").string();
      config.tls.client_ca_file = (files.path() / "clients.pem").string();
      config.access.anonymous_read = config.access.anonymous_write = anonymous;
      config.access.users_file = (files.path() / "users.toml").string();
    });
  }

  Folder files;
  SelfSigned server;
  Issued client;
  std::optional<RunningServer> running;
};

TEST_P(Tls, files_move_both_ways_in_either_version) {
  serve(true);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient secure(running->port, {.trusted = server.certificate, .version_max = version});
    ASSERT_TRUE(secure.secured());
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1000}, 70'000 + mebibyte, 16 * mebibyte}) {
      const std::string content = pattern(size);
      EXPECT_EQ(secure.put("/a.bin", content).status / 100, 2) << size;
      EXPECT_TRUE(running->folder.read("a.bin") == content) << size;
      EXPECT_TRUE(secure.get("/a.bin").body == content) << size;
    }
    EXPECT_EQ(secure.get("/a.bin", "Range: bytes=1000000-1000009\r\n").body,
              pattern(16 * mebibyte).substr(1'000'000, 10));
  }
}

TEST_P(Tls, a_client_certificate_names_its_user) {
  serve(false);
  std::filesystem::create_directory(running->folder.path() / "anna");
  TlsClient anna(running->port, {.trusted = server.certificate,
                                 .certificate = client.certificate_pem,
                                 .key = client.key_pem});
  ASSERT_TRUE(anna.secured());
  EXPECT_EQ(anna.put("/anna/a.txt", "mine").status, 201);
  TlsClient stranger(running->port, {.trusted = server.certificate});
  ASSERT_TRUE(stranger.secured());
  EXPECT_EQ(stranger.get("/anna/a.txt").status, 401);
}

TEST_P(Tls, plain_http_is_told_that_this_port_speaks_tls) {
  serve(true);
  HttpClient plain(running->port);
  EXPECT_EQ(plain.get("/a.bin").status, 400);
  EXPECT_TRUE(plain.ended());
  EXPECT_TRUE(running->reaches([](const auto& s) {
    return s.connections_closed[static_cast<std::size_t>(CloseReason::tls_failed)] == 1;
  }));
}

TEST_P(Tls, a_new_certificate_is_shown_to_new_connections_and_old_ones_go_on) {
  serve(true);
  running->folder.write("a.txt", "content");
  TlsClient old(running->port, {.trusted = server.certificate});
  ASSERT_TRUE(old.secured());
  const SelfSigned next = certificate_for("localhost");
  files.write("server.pem", next.certificate);
  files.write("server.key", next.private_key);
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  bool shown = false;
  while (!shown && std::chrono::steady_clock::now() < end) {
    TlsClient newer(running->port, {.trusted = next.certificate});
    shown = newer.secured() && newer.serial() != old.serial();
    if (!shown) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(shown);
  EXPECT_EQ(old.get("/a.txt").body, "content");
}

TEST_P(Tls, who_is_refused_costs_no_handshake) {
  serve(true, 1);
  TlsClient first(running->port, {.trusted = server.certificate});
  ASSERT_TRUE(first.secured());
  TlsClient second(running->port, {.trusted = server.certificate});
  EXPECT_FALSE(second.secured());
  EXPECT_TRUE(running->reaches([](const auto& s) { return s.rejected_addresses == 1; }));
  EXPECT_EQ(running->snapshot().connections_opened, 1);
}

TEST_P(Tls, many_connections_at_once_get_their_own_bytes) {
  serve(true);
  running->folder.write("a.bin", pattern(mebibyte));
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([this, i] {
      TlsClient secure(running->port, {.trusted = server.certificate});
      ASSERT_TRUE(secure.secured());
      const std::string name = "/" + std::to_string(i);
      const std::string content = pattern(300'000, static_cast<std::uint32_t>(i));
      EXPECT_EQ(secure.put(name, content).status, 201);
      EXPECT_TRUE(secure.get("/a.bin").body == pattern(mebibyte));
      EXPECT_TRUE(secure.get(name).body == content);
    });
  }
  for (std::thread& thread : clients) thread.join();
}

INSTANTIATE_TEST_SUITE_P(EveryModel, Tls, testing::ValuesIn(all_models),
                         [](const auto& tested) { return model_text(tested.param); });

}  // namespace
}  // namespace overlap::test
