// The endpoint behind TLS, on real sockets.
#include "tests/unit/admin/raw_client.h"
// raw_client.h brings winsock2.h, which must come before the headers of OpenSSL.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "admin/api/server.h"
#include "tests/support/fake_management.h"
#include "tests/unit/tls/client.h"

namespace overlap::admin {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    config.port = 0;
    config.tls = true;
    sampler.start();
    server = std::make_unique<AdminServer>(config, fake.management(), sampler, [this] {
      ++asked;
      return context;
    });
    server->start();
  }

  // What comes until the server ends the connection.
  static std::string talk(RawClient& wire, test::Client& client, const std::string& said) {
    client.say(said);
    wire.send(client.take_output());
    while (!client.failed() && !client.notified()) {
      const std::string more = wire.receive_some();
      if (more.empty()) break;
      client.feed(std::as_bytes(std::span(more)));
      wire.send(client.take_output());
    }
    return client.heard();
  }
  std::string ask(const std::string& target) const {
    RawClient wire{server->port()};
    test::Client client;
    return talk(wire, client,
                "GET " + target +
                    " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer fake-token\r\n"
                    "Connection: close\r\n\r\n");
  }

  FakeManagement fake;
  Sampler sampler{fake, fake};
  config::Admin config;
  std::shared_ptr<const TlsContext> context = TlsContext::create(test::server_credentials());
  std::atomic<int> asked{0};
  std::unique_ptr<AdminServer> server;
};

TEST_F(TlsTest, answers_short_and_long_and_says_goodbye) {
  EXPECT_THAT(ask("/livez"), StartsWith("HTTP/1.1 200 "));
  const std::string document = ask("/openapi.json");
  EXPECT_THAT(document, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(document, testing::EndsWith("}\n"));
  EXPECT_GT(document.size(), 65536u);
}

TEST_F(TlsTest, asks_for_the_certificate_at_each_connection) {
  ask("/livez");
  ask("/livez");
  EXPECT_EQ(asked.load(), 2);
}

TEST_F(TlsTest, gives_plain_text_no_answer) {
  RawClient wire{server->port()};
  wire.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(wire.receive().find("HTTP/"), std::string::npos);
  EXPECT_THAT(ask("/livez"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(TlsTest, knows_its_origin_as_https) {
  const auto from = [this](const std::string& origin) {
    RawClient wire{server->port()};
    test::Client client;
    return talk(wire, client,
                "GET /version HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin +
                    "\r\nAuthorization: Bearer fake-token\r\nConnection: close\r\n\r\n");
  };
  EXPECT_THAT(from("https://localhost"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(from("http://localhost"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(TlsTest, ends_a_handshake_that_comes_too_slowly) {
  RawClient wire{server->port()};
  test::Client client;
  wire.send(client.take_output().substr(0, 20));
  EXPECT_TRUE(wire.ends());
}

}  // namespace
}  // namespace overlap::admin
