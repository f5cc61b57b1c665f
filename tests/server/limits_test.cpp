// What a client may not do: too many connections, too fast, too slow. On every model.
#include <gtest/gtest.h>

#include "tests/server/running_server.h"

namespace overlap::test {
namespace {

using namespace std::chrono_literals;

class Limits : public testing::TestWithParam<config::ModelName> {};

constexpr std::size_t mebibyte = 1 << 20;

std::int64_t closed(const stats::ModelSnapshot& snapshot, CloseReason reason) {
  return snapshot.connections_closed[static_cast<std::size_t>(reason)];
}

TEST_P(Limits, one_address_has_no_more_connections_than_it_may) {
  RunningServer running(GetParam(), [](config::Config& config) {
    config.listeners[0].connections_per_address_max = 2;
  });
  running.folder.write("a", "content");
  auto first = std::make_unique<HttpClient>(running.port);
  HttpClient second(running.port);
  EXPECT_EQ(first->get("/a").status, 200);
  EXPECT_EQ(second.get("/a").status, 200);
  HttpClient third(running.port);
  EXPECT_EQ(third.receive().status, 503);
  EXPECT_EQ(running.snapshot().rejected_addresses, 1);
  first.reset();
  ASSERT_TRUE(running.reaches_open(1));
  HttpClient fourth(running.port);
  EXPECT_EQ(fourth.get("/a").status, 200);
}

TEST_P(Limits, bandwidth_is_limited_by_pauses_and_every_byte_arrives) {
  RunningServer running(GetParam(), [](config::Config& config) {
    config.limits.send_bytes_per_second_max = 2 * mebibyte;
    config.limits.receive_bytes_per_second_max = 2 * mebibyte;
  });
  const std::string content = pattern(3 * mebibyte);
  HttpClient client(running.port);
  EXPECT_EQ(client.put("/a.bin", content).status, 201);
  const std::int64_t pauses = running.snapshot().pauses;
  EXPECT_GT(pauses, 0);
  EXPECT_TRUE(client.get("/a.bin").body == content);
  EXPECT_GT(running.snapshot().pauses, pauses);
}

TEST_P(Limits, a_reader_that_takes_nothing_is_cut) {
  RunningServer running(GetParam(), [](config::Config& config) {
    config.timeouts.progress = 500ms;
    config.limits.send_bytes_per_second_min = 1000;
  });
  running.folder.write("a.bin", pattern(64 * mebibyte));
  HttpClient client(running.port);
  client.send("GET /a.bin HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_TRUE(
      running.reaches([](const auto& s) { return closed(s, CloseReason::slow_peer) == 1; }));
}

TEST_P(Limits, a_writer_below_the_minimum_rate_is_cut_although_it_never_stops) {
  RunningServer running(GetParam(), [](config::Config& config) {
    config.timeouts.progress = 1000ms;
    config.limits.receive_bytes_per_second_min = 1'000'000;
  });
  HttpClient client(running.port);
  client.send("PUT /a.bin HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000000\r\n\r\n");
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (closed(running.snapshot(), CloseReason::slow_peer) == 0 &&
         std::chrono::steady_clock::now() < end) {
    client.send("x");
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_TRUE(
      running.reaches([](const auto& s) { return closed(s, CloseReason::slow_peer) == 1; }));
  EXPECT_EQ(running.folder.entries(), 0u);
}

TEST_P(Limits, an_upload_that_would_leave_too_little_room_is_refused) {
  RunningServer running(GetParam(), [](config::Config& config) {
    config.store.free_bytes_min = std::uint64_t{1} << 62;
  });
  HttpClient client(running.port);
  EXPECT_EQ(client.put("/a.bin", "content").status, 507);
  EXPECT_EQ(running.folder.entries(), 0u);
}

INSTANTIATE_TEST_SUITE_P(EveryModel, Limits, testing::ValuesIn(all_models),
                         [](const auto& tested) { return model_text(tested.param); });

}  // namespace
}  // namespace overlap::test
