// The endpoint on real sockets.
#include "admin/api/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <deque>
#include <optional>
#include <system_error>
#include <thread>

#include "admin/api/crew.h"
#include "admin/api/stream.h"
#include "tests/support/fake_management.h"
#include "tests/unit/admin/raw_client.h"

namespace overlap::admin {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

config::Admin any_port() {
  config::Admin config;
  config.port = 0;
  return config;
}

const std::string token_field = "Authorization: Bearer fake-token\r\n";

std::string request(std::string_view method, std::string_view target,
                    std::string_view fields = token_field, std::string_view body = {}) {
  std::string text{method};
  text += ' ';
  text += target;
  text += " HTTP/1.1\r\nHost: localhost\r\n";
  text += fields;
  text += "\r\n";
  text += body;
  return text;
}

boost::json::value body_of(const std::string& response) {
  return boost::json::parse(response.substr(response.find("\r\n\r\n") + 4));
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    sampler.start();
    server.emplace(any_port(), fake.management(), sampler);
    server->start();
  }
  std::string ask(const std::string& bytes, bool head_only = false) {
    RawClient client{server->port()};
    client.send(bytes);
    return client.receive(head_only);
  }

  FakeManagement fake;
  Sampler sampler{fake, fake};
  std::optional<AdminServer> server;
};

TEST_F(ServerTest, sends_security_fields_with_every_answer_and_none_of_cors) {
  for (const std::string& sent :
       {request("GET", "/livez"), request("GET", "/"), request("GET", "/nothing"),
        request("OPTIONS", "/api/v1/models",
                "Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n"),
        request("GET", "/livez", "Origin: http://evil.example\r\n"),
        std::string{"GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n"},
        std::string{"BREW /pot HTTP/1.1\r\n\r\n"},
        std::string{"GET /" + std::string(40'000, 'x') + " HTTP/1.1\r\n\r\n"}}) {
    const std::string response = ask(sent);
    EXPECT_THAT(response, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n")) << sent;
    EXPECT_THAT(response, HasSubstr("\r\nCache-Control: no-")) << sent;
    EXPECT_THAT(response, HasSubstr("\r\nContent-Security-Policy: default-src 'none'")) << sent;
    EXPECT_THAT(response, Not(HasSubstr("Access-Control-"))) << sent;
  }
}

TEST_F(ServerTest, answers_head_without_a_body) {
  RawClient client{server->port()};
  client.send(request("HEAD", "/version"));
  const std::string head = client.receive(true);
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: "));
  // The next response follows the head at once.
  client.send(request("GET", "/livez"));
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, answers_a_deletion_without_a_length) {
  const std::string response = ask(request("DELETE", "/api/v1/connections/1"), true);
  EXPECT_THAT(response, StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(response, Not(HasSubstr("Content-Length")));
}

TEST_F(ServerTest, refuses_methods_that_are_none_of_its) {
  for (const char* method : {"PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT"}) {
    const std::string response = ask(request(method, "/api/v1/models"));
    EXPECT_THAT(response, StartsWith("HTTP/1.1 405 ")) << method;
    EXPECT_THAT(response, HasSubstr("\r\nAllow: GET, HEAD\r\n")) << method;
    EXPECT_THAT(response, HasSubstr("application/problem+json")) << method;
    EXPECT_THAT(response, Not(HasSubstr("fake-token"))) << method;
  }
}

TEST_F(ServerTest, gives_a_foreign_name_of_the_host_nothing) {
  const auto under = [this](const std::string& fields) {
    return ask("GET /livez HTTP/1.1\r\n" + fields + "\r\n");
  };
  EXPECT_THAT(under("Host: evil.example\r\n"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(under("Host: localhost:1\r\n"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(under(""), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(under("Host: localhost\r\nHost: evil.example\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(under("Host: localhost:" + std::to_string(server->port()) + "\r\n"),
              StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, wants_the_token_and_not_in_the_query) {
  EXPECT_THAT(ask(request("GET", "/api/v1/models")), StartsWith("HTTP/1.1 200 "));
  for (const char* fields : {"", "Authorization: Bearer wrong\r\n", "Cookie: token=fake-token\r\n"})
    EXPECT_THAT(ask(request("GET", "/api/v1/models", fields)), StartsWith("HTTP/1.1 401 "));
  for (const char* target : {"/api/v1/models?token=fake-token", "/metrics?access_token=fake-token"})
    EXPECT_THAT(ask(request("GET", target, "")), StartsWith("HTTP/1.1 401 ")) << target;
  EXPECT_THAT(ask(request("GET", "/", "")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, is_deaf_to_forms_of_other_pages) {
  const char* target = "/api/v1/listeners/apc/pause";
  EXPECT_THAT(ask(request("POST", target, "Content-Type: text/plain\r\n" + token_field)),
              StartsWith("HTTP/1.1 415 "));
  EXPECT_THAT(ask(request("POST", target,
                          "Content-Type: application/json\r\nSec-Fetch-Site: cross-site\r\n" +
                              token_field)),
              StartsWith("HTTP/1.1 403 "));
  EXPECT_TRUE(fake.commands().empty());
  EXPECT_THAT(ask(request("POST", target, "Content-Type: application/json\r\n" + token_field)),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(fake.commands().size(), 1u);
}

TEST_F(ServerTest, takes_content_up_to_the_limit_and_none_past_it) {
  const auto post = [this](std::size_t bytes) {
    std::string body = R"({"model":"asio"})";
    body.resize(bytes, ' ');
    return ask(request("POST", "/api/v1/listeners/apc/model",
                       token_field + "Content-Type: application/json\r\nContent-Length: " +
                           std::to_string(bytes) + "\r\n",
                       body));
  };
  EXPECT_THAT(post(65536), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(post(65537), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ServerTest, never_takes_content_for_the_next_request) {
  const std::string hidden =
      request("POST", "/api/v1/config/reload", token_field + "Content-Type: application/json\r\n");
  for (const std::string& framing :
       {"Content-Length: " + std::to_string(hidden.size()) + "\r\n",
        std::string{"Transfer-Encoding: chunked\r\n"},
        "Content-Length: 0\r\nContent-Length: " + std::to_string(hidden.size()) + "\r\n"}) {
    for (const char* method : {"GET", "POST", "DELETE", "PUT"}) {
      RawClient client{server->port()};
      client.send(request(method, "/livez", framing, hidden));
      EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 4")) << method << ' ' << framing;
      EXPECT_TRUE(client.at_end()) << method << ' ' << framing;
    }
  }
  EXPECT_TRUE(fake.commands().empty());
}

TEST_F(ServerTest, takes_heads_up_to_the_limit_and_none_past_it) {
  const auto head_of = [](std::size_t bytes) {
    std::string head = "GET /livez HTTP/1.1\r\nHost: localhost\r\n";
    while (head.size() + 2 < bytes) {
      const std::size_t line = std::min<std::size_t>(bytes - 2 - head.size(), 1000);
      head += "X: " + std::string(line < 6 ? 1 : line - 5, 'x') + "\r\n";
    }
    return head + "\r\n";
  };
  EXPECT_THAT(ask(head_of(32'700)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask(head_of(33'000)), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(ask(request("GET", "/livez?" + std::string(9000, 'x'))), StartsWith("HTTP/1.1 414 "));
}

TEST_F(ServerTest, answers_requests_sent_in_a_row) {
  RawClient client{server->port()};
  std::string many;
  for (int i = 0; i < 20; ++i) many += request("GET", i % 2 == 0 ? "/livez" : "/version");
  client.send(many + "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  for (int i = 0; i < 20; ++i)
    EXPECT_THAT(client.receive(), HasSubstr(i % 2 == 0 ? "\"live\"" : "\"overlap\"")) << i;
  EXPECT_THAT(client.receive(), HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, ends_a_request_that_comes_too_slowly) {
  RawClient client{server->port()};
  client.send("GET /livez HT");
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, serves_others_while_slow_clients_hold_every_thread) {
  std::deque<RawClient> slow;
  for (std::size_t i = 0; i < Crew::threads_max + 20; ++i) {
    slow.emplace_back(server->port());
    slow.back().send(i % 2 == 0 ? "GET /api/v1/mod" : "");
  }
  for (int i = 0; i < 10; ++i)
    EXPECT_THAT(ask(request("GET", "/livez")), StartsWith("HTTP/1.1 200 ")) << i;
  // It gave way before its time was over: then it would have been told.
  EXPECT_TRUE(slow.front().at_end());
}

TEST_F(ServerTest, serves_others_while_clients_do_not_take_their_answers) {
  std::deque<RawClient> greedy;
  std::string many;
  for (int i = 0; i < 400; ++i) many += request("GET", "/openapi.json");
  for (std::size_t i = 0; i < Crew::threads_max; ++i) {
    greedy.emplace_back(server->port());
    greedy.back().send(many.substr(0, 32 * 1024));
  }
  EXPECT_THAT(ask(request("GET", "/livez")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, streams_to_eight_at_once_and_tells_the_ninth_to_wait) {
  std::deque<RawClient> followers;
  for (std::size_t i = 0; i < Streams::at_once_max; ++i) {
    followers.emplace_back(server->port());
    followers.back().send(request("GET", "/api/v1/stream"));
    EXPECT_THAT(followers.back().receive_until("\"events\":"), HasSubstr("event: snapshot\nid: "));
  }
  const std::string ninth = ask(request("GET", "/api/v1/stream"));
  EXPECT_THAT(ninth, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(ninth, HasSubstr("\r\nRetry-After: 5\r\n"));
  EXPECT_THAT(ask(request("GET", "/livez")), StartsWith("HTTP/1.1 200 "));
  followers.pop_front();
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  std::string next;
  while (!next.starts_with("HTTP/1.1 200") && std::chrono::steady_clock::now() < deadline) {
    RawClient client{server->port()};
    client.send(request("GET", "/api/v1/stream"));
    next = client.receive_until("\r\n\r\n");
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_THAT(next, StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, ends_streams_and_idle_connections_when_it_stops) {
  std::deque<RawClient> clients;
  for (int i = 0; i < 12; ++i) clients.emplace_back(server->port());
  for (int i = 0; i < 4; ++i)
    clients[static_cast<std::size_t>(i)].send(request("GET", "/api/v1/stream"));
  for (int i = 0; i < 4; ++i) clients[static_cast<std::size_t>(i)].receive_until("\"events\":");
  clients.back().send("GET /livez HTT");
  server->stop();
  for (RawClient& client : clients) EXPECT_TRUE(client.ends());
  server->stop();  // harmless
}

TEST_F(ServerTest, names_address_and_port_when_the_port_is_taken) {
  config::Admin config;
  config.port = server->port();
  AdminServer second{config, fake.management(), sampler};
  try {
    second.start();
    FAIL() << "two servers on one port";
  } catch (const std::system_error& error) {
    EXPECT_NE(error.code().value(), 0);
    EXPECT_THAT(error.what(), HasSubstr("127.0.0.1"));
    EXPECT_THAT(error.what(), HasSubstr(std::to_string(server->port())));
  }
  EXPECT_THAT(ask(request("GET", "/livez")), StartsWith("HTTP/1.1 200 "));
}

#ifdef _WIN32
TEST_F(ServerTest, lets_nobody_share_its_port) {
  const SOCKET thief = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  const BOOL yes = TRUE;
  setsockopt(thief, SOL_SOCKET, SO_REUSEADDR, reinterpret_cast<const char*>(&yes), sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool stolen =
      bind(thief, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      listen(thief, 1) == 0;
  closesocket(thief);
  EXPECT_FALSE(stolen);
}
#endif

TEST_F(ServerTest, gives_the_port_up_and_takes_it_again_after_stop) {
  const std::uint16_t port = server->port();
  EXPECT_THAT(ask(request("GET", "/livez")), StartsWith("HTTP/1.1 200 "));
  server->stop();
  EXPECT_THROW(RawClient{port}, std::runtime_error);
  config::Admin config;
  config.port = port;
  AdminServer again{config, fake.management(), sampler};
  again.start();
  RawClient client{port};
  client.send(request("GET", "/livez"));
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, stops_unstarted_and_right_after_the_start) {
  AdminServer unstarted{any_port(), fake.management(), sampler};
  unstarted.stop();
  for (int i = 0; i < 10; ++i) {
    AdminServer brief{any_port(), fake.management(), sampler};
    brief.start();
  }
}

TEST_F(ServerTest, survives_clients_that_reset) {
  for (int i = 0; i < 50; ++i) {
    RawClient client{server->port()};
    if (i % 2 == 0) client.send("GET /api/v1/mod");
    client.reset();
  }
  EXPECT_THAT(ask(request("GET", "/livez")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, answers_500_and_keeps_the_reason_to_itself) {
  fake.answer = [](const auto&) -> management::CommandResult {
    throw std::runtime_error("secret");
  };
  const std::string response = ask(
      request("POST", "/api/v1/config/reload", token_field + "Content-Type: application/json\r\n"));
  EXPECT_THAT(response, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(response, HasSubstr("application/problem+json"));
  EXPECT_THAT(response, Not(HasSubstr("secret")));
}

TEST_F(ServerTest, takes_over_what_a_reload_may_change) {
  EXPECT_THAT(ask(request("GET", "/version", "")), StartsWith("HTTP/1.1 401 "));
  config::Admin changed;
  changed.anonymous_read = true;
  server->apply(changed);
  EXPECT_THAT(ask(request("GET", "/version", "")), StartsWith("HTTP/1.1 200 "));
}

TEST(OffLoopback, is_refused_without_tls) {
  FakeManagement fake;
  const Sampler sampler{fake, fake};
  config::Admin config = any_port();
  for (const char* address : {"0.0.0.0", "192.0.2.1", "::"}) {
    config.address = address;
    EXPECT_THROW((AdminServer{config, fake.management(), sampler}), std::invalid_argument)
        << address;
  }
  config.tls = true;
  EXPECT_THROW((AdminServer{config, fake.management(), sampler}), std::invalid_argument);
}

TEST_F(ServerTest, answers_consistently_while_the_service_works) {
  std::atomic<bool> stop{false};
  std::thread work{[&] {
    while (!stop.load()) fake.advance(1ms);
  }};
  RawClient client{server->port()};
  std::int64_t completed = 0;
  for (int i = 0; i < 50; ++i) {
    client.send(request("GET", "/api/v1/models/device"));
    const auto model = body_of(client.receive());
    EXPECT_TRUE(model.at("consistent").as_bool());
    const auto now = model.at_pointer("/completions/completed_total").to_number<std::int64_t>();
    EXPECT_EQ(model.at_pointer("/completions/submitted_total").to_number<std::int64_t>(),
              now + model.at_pointer("/queue/in_flight/total").to_number<std::int64_t>());
    EXPECT_GE(now, completed);
    completed = now;
  }
  stop.store(true);
  work.join();
}

}  // namespace
}  // namespace overlap::admin
