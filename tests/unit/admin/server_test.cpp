// The endpoint on real sockets.
#include "admin/api/server.h"

#include <winsock2.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <deque>
#include <optional>
#include <system_error>
#include <thread>

#include "common/stats/model_stats.h"
#include "tests/unit/admin/fake_source.h"
#include "tests/unit/admin/raw_client.h"

namespace overlap::admin {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

config::Admin any_port() {
  config::Admin config;
  config.port = 0;
  return config;
}

std::string request(std::string_view method, std::string_view path,
                    std::string_view host = "localhost") {
  std::string text{method};
  text += ' ';
  text += path;
  text += " HTTP/1.1\r\nHost: ";
  text += host;
  text += "\r\n\r\n";
  return text;
}

boost::json::value body_of(const std::string& response) {
  return boost::json::parse(response.substr(response.find("\r\n\r\n") + 4));
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    source.shown.push_back(named_model("event"));
    server.emplace(any_port(), source, Version{"overlap", "1.2.3"});
    server->start();
  }
  std::string ask(const std::string& bytes) {
    RawClient client{server->port()};
    client.send(bytes);
    return client.receive();
  }

  FakeSource source;
  std::optional<AdminServer> server;
};

TEST_F(ServerTest, serves_every_route) {
  for (const char* path :
       {"/api/v1/models", "/api/v1/models/event", "/livez", "/readyz", "/version"}) {
    const std::string response = ask(request("GET", path));
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 ")) << path;
    EXPECT_THAT(response, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_TRUE(body_of(response).is_object());
  }
}

TEST_F(ServerTest, ignores_the_query_and_decodes_the_path) {
  EXPECT_THAT(ask(request("GET", "/livez?verbose=1")), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask(request("GET", "/api/v1/models/%65vent")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, sends_security_fields_with_every_answer) {
  for (const std::string& sent :
       {request("GET", "/livez"), request("GET", "/nothing"), request("POST", "/livez"),
        request("GET", "/livez", "evil.example"), std::string{"BREW /pot HTTP/1.1\r\n\r\n"}}) {
    const std::string response = ask(sent);
    EXPECT_THAT(response, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n")) << sent;
    EXPECT_THAT(response, HasSubstr("\r\nCache-Control: no-store\r\n")) << sent;
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

TEST_F(ServerTest, refuses_other_methods) {
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"}) {
    const std::string response = ask(
        std::string{method} + " /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    EXPECT_THAT(response, StartsWith("HTTP/1.1 405 ")) << method;
    EXPECT_THAT(response, HasSubstr("\r\nAllow: GET, HEAD\r\n")) << method;
    EXPECT_THAT(response, HasSubstr("application/problem+json")) << method;
  }
}

TEST_F(ServerTest, refuses_foreign_and_missing_hosts) {
  EXPECT_THAT(ask(request("GET", "/livez", "evil.example")), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(ask("GET /livez HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
}

TEST_F(ServerTest, answers_a_broken_request_with_a_problem) {
  const std::string response = ask("GET\r\n\r\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(body_of(response).at("status").to_number<int>(), 400);
}

TEST_F(ServerTest, takes_payloads_up_to_the_limit_and_none_past_it) {
  const auto post = [this](std::size_t bytes) {
    return ask(
        "POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
        "Content-Length: " +
        std::to_string(bytes) + "\r\n\r\n" + std::string(bytes, 'x'));
  };
  EXPECT_THAT(post(4096), StartsWith("HTTP/1.1 405 "));
  const std::string refused = post(4097);
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(refused, HasSubstr("application/problem+json"));
}

TEST_F(ServerTest, does_not_take_a_payload_for_the_next_request) {
  // As much as is allowed, so that it does not arrive in one piece with the head.
  std::string payload;
  while (payload.size() < 4096) payload += request("GET", "/version");
  payload.resize(4096);
  for (const char* method : {"GET", "POST"}) {
    SCOPED_TRACE(method);
    RawClient client{server->port()};
    client.send(std::string{method} +
                " /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4096\r\n\r\n" + payload);
    EXPECT_THAT(client.receive(), HasSubstr(*method == 'G' ? "\"live\"" : "405"));
    client.send(request("GET", "/readyz"));
    EXPECT_THAT(client.receive(), HasSubstr("\"ready\""));
  }
}

TEST_F(ServerTest, answers_a_post_that_announces_no_payload) {
  EXPECT_THAT(ask(request("POST", "/livez")), StartsWith("HTTP/1.1 405 "));
}

TEST_F(ServerTest, keeps_a_connection_alive_between_requests) {
  RawClient client{server->port()};
  for (int i = 0; i < 20; ++i) {
    client.send(request("GET", "/livez"));
    ASSERT_THAT(client.receive(), StartsWith("HTTP/1.1 200 ")) << i;
  }
  client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.receive(), HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, turns_unready_and_ready_again) {
  source.is_ready = false;
  const std::string unready = ask(request("GET", "/readyz"));
  EXPECT_THAT(unready, StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(body_of(unready).at("state").as_string(), "draining");
  EXPECT_THAT(ask(request("GET", "/livez")), StartsWith("HTTP/1.1 200 "));
  source.is_ready = true;
  EXPECT_THAT(ask(request("GET", "/readyz")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, names_address_and_port_when_the_port_is_taken) {
  config::Admin config;
  config.port = server->port();
  AdminServer second{config, source, {}};
  try {
    second.start();
    FAIL() << "two servers on one port";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), WSAEADDRINUSE) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("127.0.0.1"));
    EXPECT_THAT(error.what(), HasSubstr(std::to_string(server->port())));
  }
  EXPECT_THAT(ask(request("GET", "/livez")), StartsWith("HTTP/1.1 200 "));
}

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

TEST_F(ServerTest, gives_the_port_up_and_takes_it_again_after_stop) {
  const std::uint16_t port = server->port();
  EXPECT_THAT(ask(request("GET", "/livez")), StartsWith("HTTP/1.1 200 "));
  server->stop();
  EXPECT_THROW(RawClient{port}, std::runtime_error);
  config::Admin config;
  config.port = port;
  AdminServer again{config, source, {}};
  again.start();
  RawClient client{port};
  client.send(request("GET", "/livez"));
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, stops_while_clients_keep_connections_open) {
  std::deque<RawClient> idle;
  for (int i = 0; i < 20; ++i) idle.emplace_back(server->port());
  idle.back().send("GET /livez HTT");
  server->stop();
  for (RawClient& client : idle) EXPECT_TRUE(client.at_end());
  server->stop();  // harmless
}

TEST_F(ServerTest, stops_unstarted_and_right_after_the_start) {
  AdminServer unstarted{any_port(), source, {}};
  unstarted.stop();
  for (int i = 0; i < 20; ++i) {
    AdminServer brief{any_port(), source, {}};
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

class FailingSource final : public stats::SnapshotSource {
 public:
  std::vector<stats::ModelSnapshot> models() const override { throw std::runtime_error("secret"); }
  bool ready() const override { return true; }
  std::string state() const override { return "running"; }
};

TEST(FailingServer, answers_500_and_keeps_the_reason_to_itself) {
  FailingSource source;
  AdminServer server{any_port(), source, {}};
  server.start();
  RawClient client{server.port()};
  client.send(request("GET", "/api/v1/models"));
  const std::string response = client.receive();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(response, HasSubstr("application/problem+json"));
  EXPECT_THAT(response, testing::Not(HasSubstr("secret")));
}

// The service under load, as the endpoint sees it.
class BusySource final : public stats::SnapshotSource {
 public:
  BusySource() {
    for (int i = 0; i < 3; ++i)
      threads_.emplace_back([this] {
        stats::Recorder& recorder = stats_.add_thread();
        while (!stop_.load(std::memory_order_relaxed)) {
          recorder.submitted(OperationKind::send);
          recorder.ready(OperationKind::send);
          recorder.completed({OperationKind::send, Result::ok, 5, 9us, 1us});
          for (int n = 0; n < 200; ++n) work_.load(std::memory_order_acquire);
        }
        stats_.end_thread(recorder);
      });
  }
  ~BusySource() override {
    stop_.store(true);
    for (std::thread& thread : threads_) thread.join();
  }
  std::vector<stats::ModelSnapshot> models() const override {
    std::vector<stats::ModelSnapshot> list;
    list.push_back(stats_.snapshot(1s));
    return list;
  }
  bool ready() const override { return true; }
  std::string state() const override { return "running"; }

 private:
  stats::ModelStats stats_{"device", false, [](unsigned) noexcept { Sleep(1); }};
  std::atomic<bool> stop_{false};
  std::atomic<int> work_{0};
  std::vector<std::thread> threads_;
};

TEST(BusyServer, answers_consistently_while_threads_record) {
  BusySource source;
  AdminServer server{any_port(), source, {}};
  server.start();
  RawClient client{server.port()};
  std::int64_t completed = 0;
  for (int i = 0; i < 50; ++i) {
    client.send(request("GET", "/api/v1/models/device"));
    const auto model = body_of(client.receive());
    ASSERT_TRUE(model.at("consistent").as_bool());
    const auto now = model.at_pointer("/completions/completed_total").to_number<std::int64_t>();
    ASSERT_EQ(model.at_pointer("/completions/submitted_total").to_number<std::int64_t>(),
              now + model.at_pointer("/queue/in_flight/total").to_number<std::int64_t>());
    ASSERT_GE(now, completed);
    completed = now;
  }
  EXPECT_GT(completed, 0);
}

}  // namespace
}  // namespace overlap::admin
