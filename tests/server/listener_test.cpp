// Who is let in, who is turned away, and how a listener ends; on every model.
#include <gtest/gtest.h>

#include "service/scm/start_error.h"
#include "tests/server/running_server.h"

namespace overlap::test {
namespace {

class OnListener : public testing::TestWithParam<config::ModelName> {};
class OnSlots : public testing::TestWithParam<config::ModelName> {};

TEST_P(OnListener, serves_1000_connections_at_once_without_an_error) {
  RunningServer running(GetParam());
  const std::string content = pattern(1024);
  running.folder.write("file.bin", content);
  std::vector<HttpClient> clients;
  clients.reserve(1000);
  while (clients.size() < 1000) {
    clients.emplace_back(running.port);
    ASSERT_TRUE(clients.back().connected()) << clients.size();
  }
  ASSERT_TRUE(running.reaches_open(1000));
  for (int round = 0; round < 2; ++round) {
    for (HttpClient& client : clients) {
      client.send("GET /file.bin HTTP/1.1\r\nHost: test\r\n\r\n");
    }
    for (HttpClient& client : clients) {
      const Response response = client.receive();
      ASSERT_EQ(response.status, 200);
      ASSERT_TRUE(response.body == content);
    }
  }
  // A client has its bytes before the server hears that the send has ended.
  EXPECT_TRUE(running.reaches([](const auto& s) { return s.requests[2] == 2000; }));
  const stats::ModelSnapshot snapshot = running.snapshot();
  EXPECT_EQ(snapshot.rejected, 0);
  EXPECT_GE(snapshot.peak, 1000);
  EXPECT_TRUE(snapshot.consistent());
}

TEST_P(OnSlots, one_shard_carries_63_connections_and_the_64th_gets_503) {
  RunningServer running(GetParam(), [](config::Config& c) { c.listeners[0].threads = 1; });
  running.folder.write("file", "content");
  std::vector<HttpClient> clients;
  for (int i = 0; i < 63; ++i) clients.emplace_back(running.port);
  ASSERT_TRUE(running.reaches_open(63));
  for (HttpClient& client : clients) ASSERT_EQ(client.get("/file").body, "content");
  HttpClient one_more(running.port);
  const Response refusal = one_more.receive();
  EXPECT_EQ(refusal.status, 503);
  EXPECT_EQ(refusal.headers.count("retry-after"), 1u);
  EXPECT_TRUE(one_more.ended());
  EXPECT_EQ(running.snapshot().rejected, 1);
  for (HttpClient& client : clients) ASSERT_EQ(client.get("/file").body, "content");
  clients.pop_back();
  ASSERT_TRUE(running.reaches_open(62));
  EXPECT_EQ(HttpClient(running.port).get("/file").body, "content");
}

TEST_P(OnListener, refuses_one_connection_past_the_configured_number) {
  RunningServer running(GetParam(), [](config::Config& c) { c.listeners[0].connections_max = 5; });
  running.folder.write("file", "content");
  std::vector<HttpClient> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(running.port);
  ASSERT_TRUE(running.reaches_open(5));
  HttpClient one_more(running.port);
  EXPECT_EQ(one_more.receive().status, 503);
  EXPECT_TRUE(one_more.ended());
  for (HttpClient& client : clients) EXPECT_EQ(client.get("/file").body, "content");
  EXPECT_EQ(running.snapshot().rejected, 1);
}

TEST_P(OnListener, a_flood_past_the_limit_is_counted_and_the_others_are_served) {
  RunningServer running(GetParam(), [](config::Config& c) { c.listeners[0].connections_max = 5; });
  running.folder.write("file", "content");
  std::vector<HttpClient> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(running.port);
  ASSERT_TRUE(running.reaches_open(5));
  std::vector<HttpClient> flood;
  for (int i = 0; i < 200; ++i) flood.emplace_back(running.port);
  ASSERT_TRUE(running.reaches([](const auto& s) { return s.rejected == 200; }));
  EXPECT_EQ(clients.front().get("/file").body, "content");
  flood.clear();
  ASSERT_TRUE(running.reaches_open(5));
}

TEST_P(OnListener, those_that_are_refused_take_no_place_of_those_that_are_served) {
  RunningServer running(GetParam(), [](config::Config& c) { c.listeners[0].connections_max = 2; });
  running.folder.write("file", "content");
  std::vector<HttpClient> served;
  for (int i = 0; i < 2; ++i) served.emplace_back(running.port);
  ASSERT_TRUE(running.reaches_open(2));
  std::vector<HttpClient> refused;  // their connections linger: they do not close
  for (int i = 0; i < 10; ++i) {
    refused.emplace_back(running.port);
    EXPECT_EQ(refused.back().receive().status, 503);
  }
  served.clear();
  const auto finished = static_cast<std::size_t>(CloseReason::finished);
  ASSERT_TRUE(running.reaches([=](const auto& s) { return s.connections_closed[finished] == 2; }));
  EXPECT_EQ(HttpClient(running.port).get("/file").body, "content");
}

TEST_P(OnListener, peers_that_reset_before_they_are_accepted_do_not_hold_others_up) {
  RunningServer running(GetParam());
  running.folder.write("file", "content");
  for (int i = 0; i < 200; ++i) HttpClient(running.port).reset();
  EXPECT_EQ(HttpClient(running.port).get("/file").body, "content");
  EXPECT_TRUE(running.reaches_open(0));
}

TEST_P(OnListener, a_stop_closes_idle_connections_and_frees_the_port) {
  // So long that a stop which waited for idle connections would see them time out first.
  RunningServer running(GetParam(),
                        [](config::Config& c) { c.timeouts.drain = std::chrono::minutes(5); });
  running.folder.write("file", "content");
  HttpClient idle(running.port);
  EXPECT_EQ(idle.get("/file").body, "content");
  running.stop();
  EXPECT_TRUE(idle.ended());
  EXPECT_FALSE(HttpClient(running.port).connected());
  const stats::ModelSnapshot last = running.snapshot();
  EXPECT_EQ(last.total().in_flight, 0);
  EXPECT_EQ(last.connections_open, 0);
  EXPECT_EQ(last.connections_closed[static_cast<std::size_t>(CloseReason::stopping)], 1);
  EXPECT_EQ(running.server->state(), "stopped");
}

TEST_P(OnListener, starts_and_stops_over_and_over) {
  for (int round = 0; round < 20; ++round) {
    RunningServer running(GetParam());
    running.folder.write("file", "content");
    HttpClient kept(running.port);
    EXPECT_EQ(kept.get("/file").body, "content");
    EXPECT_TRUE(HttpClient(running.port).connected());
  }
}

TEST_P(OnListener, a_stop_lets_a_request_under_way_finish) {
  RunningServer running(GetParam(),
                        [](config::Config& c) { c.timeouts.drain = std::chrono::minutes(5); });
  const std::string content = pattern(2'000'000);
  HttpClient client(running.port);
  client.send("PUT /up.bin HTTP/1.1\r\nHost: test\r\nContent-Length: 2000000\r\n\r\n");
  client.send(std::string_view(content).substr(0, 1'000'000));
  ASSERT_TRUE(running.reaches(
      [](const auto& s) { return s.operations[index(OperationKind::write)].completed() > 0; }));
  std::thread stopper([&] { running.stop(); });
  while (running.server->state() != "draining") std::this_thread::yield();
  client.send(std::string_view(content).substr(1'000'000));
  const Response response = client.receive();
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.at("connection"), "close");
  stopper.join();
  EXPECT_TRUE(running.folder.read("up.bin") == content);
}

TEST_P(OnListener, a_stop_cuts_what_is_left_at_the_drain_deadline) {
  RunningServer running(
      GetParam(), [](config::Config& c) { c.timeouts.drain = std::chrono::milliseconds(300); });
  HttpClient client(running.port);
  client.send("PUT /up.bin HTTP/1.1\r\nHost: test\r\nContent-Length: 2000000\r\n\r\nstart");
  ASSERT_TRUE(running.reaches_open(1));
  running.stop();
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(running.folder.entries(), 0u);
  EXPECT_EQ(running.snapshot().total().in_flight, 0);
}

TEST_P(OnListener, a_pause_refuses_new_connections_and_keeps_the_old) {
  RunningServer running(GetParam());
  running.folder.write("file", "content");
  HttpClient old(running.port);
  EXPECT_EQ(old.get("/file").body, "content");
  for (int round = 0; round < 3; ++round) {
    running.server->run([&] { running.server->pause(); });
    EXPECT_FALSE(running.server->ready());
    const Response refusal = HttpClient(running.port).receive();
    EXPECT_EQ(refusal.status, 503);
    EXPECT_EQ(refusal.headers.count("retry-after"), 1u);
    EXPECT_EQ(old.get("/file").body, "content");
    running.server->run([&] { running.server->resume(); });
    EXPECT_TRUE(running.server->ready());
    EXPECT_EQ(HttpClient(running.port).get("/file").body, "content");
  }
}

TEST_P(OnListener, deadlines_end_silent_connections_and_are_counted_as_timeouts) {
  RunningServer running(GetParam(), [](config::Config& c) {
    c.timeouts.idle = std::chrono::milliseconds(200);
    c.timeouts.head = std::chrono::milliseconds(200);
    c.timeouts.progress = std::chrono::milliseconds(200);
  });
  HttpClient idle(running.port);
  HttpClient half_head(running.port);
  half_head.send("GET /file HT");
  HttpClient half_body(running.port);
  half_body.send("PUT /file HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_TRUE(idle.ended());
  EXPECT_EQ(half_head.receive().status, 408);
  EXPECT_TRUE(half_head.ended());
  EXPECT_TRUE(half_body.ended());
  ASSERT_TRUE(running.reaches_open(0));
  const stats::ModelSnapshot snapshot = running.snapshot();
  const auto& receives = snapshot.operations[index(OperationKind::receive)];
  EXPECT_GE(receives.completed_by[index(Result::timeout)], 3);
  EXPECT_EQ(snapshot.connections_closed[static_cast<std::size_t>(CloseReason::idle_timeout)], 1);
  EXPECT_EQ(running.folder.entries(), 0u);
}

TEST_P(OnListener, a_reader_that_stands_still_is_cut) {
  RunningServer running(
      GetParam(), [](config::Config& c) { c.timeouts.progress = std::chrono::milliseconds(300); });
  running.folder.write("file.bin", pattern(64 << 20));
  HttpClient client(running.port);
  client.send("GET /file.bin HTTP/1.1\r\nHost: test\r\n\r\n");
  ASSERT_TRUE(running.reaches_open(1));
  ASSERT_TRUE(running.reaches_open(0));
  EXPECT_EQ(running.snapshot().connections_closed[static_cast<std::size_t>(CloseReason::slow_peer)],
            1);
}

TEST_P(OnListener, a_port_in_use_is_a_start_error_that_names_it) {
  RunningServer first(GetParam());
  try {
    RunningServer second(GetParam(), [&](config::Config& c) { c.listeners[0].port = first.port; });
    FAIL() << "the port was taken twice";
  } catch (const scm::StartError& error) {
    EXPECT_EQ(error.code(), scm::ExitCode::listener);
    EXPECT_NE(std::string(error.what()).find(std::to_string(first.port)), std::string::npos)
        << error.what();
  }
}

TEST_P(OnListener, measures_the_dispatch_lag) {
  RunningServer running(GetParam());
  EXPECT_TRUE(running.reaches([](const auto& s) { return s.dispatch_lag.count() >= 2; }));
}

INSTANTIATE_TEST_SUITE_P(ModelsWithSlots, OnSlots,
                         testing::Values(config::ModelName::device, config::ModelName::event),
                         [](const auto& tested) { return model_text(tested.param); });
INSTANTIATE_TEST_SUITE_P(EveryModel, OnListener, testing::ValuesIn(all_models),
                         [](const auto& tested) { return model_text(tested.param); });

TEST(Server, a_missing_folder_is_a_start_error_that_names_it) {
  config::Config config;
  config.store.root = "C:\\no\\such\\folder";
  server::Server server(config);
  try {
    server.start();
    FAIL() << "a missing folder was served";
  } catch (const scm::StartError& error) {
    EXPECT_EQ(error.code(), scm::ExitCode::root);
    EXPECT_NE(std::string(error.what()).find("C:\\no\\such\\folder"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace overlap::test
