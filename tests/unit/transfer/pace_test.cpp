// How fast a connection may be, and how slow: bandwidth, and what becomes of peers that dawdle.
#include <gtest/gtest.h>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

const std::string large(1'000'000, 'x');
constexpr std::uint64_t rate = 100'000;  // bytes a second

Script download() {
  Script script;
  script.input = get("/f");
  script.files = {{"f", large}};
  script.config.limits.chunk_bytes = 256 * 1024;
  return script;
}
Script upload() {
  Script script;
  script.input = put("/f", large);
  script.uploads = {{"f", {large}}};
  script.config.limits.chunk_bytes = 64 * 1024;
  script.config.limits.body_bytes_max = large.size();
  return script;
}

// In no stretch of time is more moved than the rate allows, but for the burst and one piece.
void expect_limited(const std::vector<Moved>& moved) {
  ASSERT_GT(moved.size(), 10u);
  const double allowance = 0.25 + 0.25 + 0.1;  // seconds: burst, piece, the head
  for (std::size_t from = 0; from < moved.size(); ++from) {
    double bytes = 0;
    for (std::size_t to = from; to < moved.size(); ++to) {
      bytes += static_cast<double>(moved[to].bytes);
      const double seconds = std::chrono::duration<double>(moved[to].at - moved[from].at).count();
      ASSERT_LE(bytes, (seconds + allowance) * static_cast<double>(rate)) << from << " to " << to;
    }
  }
}
void expect_duration(const Played& result) {
  const double seconds = std::chrono::duration<double>(result.duration).count();
  EXPECT_GE(seconds, 9.0);
  EXPECT_LE(seconds, 11.0);
}

TEST(Bandwidth, of_a_connection_is_never_exceeded_by_a_download) {
  Script script = download();
  script.config.limits.send_bytes_per_second_max = rate;
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).body, large);
  expect_limited(result.sends);
  expect_duration(result);
  expect_sound(script, {}, result);
}

TEST(Bandwidth, of_a_user_is_never_exceeded_by_a_download) {
  Script script = download();
  script.config.limits.send_bytes_per_second_max = 4 * rate;
  script.gate.anonymous_bytes_per_second = rate;
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).body, large);
  expect_limited(result.sends);
  expect_duration(result);
}

TEST(Bandwidth, is_never_exceeded_by_many_small_files_and_listings) {
  Script script;
  script.config.limits.send_bytes_per_second_max = rate;
  script.config.limits.chunk_bytes = 64 * 1024;
  for (int i = 0; i < 500; ++i) script.files[std::to_string(i) + std::string(50, 'n')] = "x";
  script.files["small"] = std::string(60'000, 's');
  for (int i = 0; i < 5; ++i) script.input += get("/small") + get("/");
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 10u);
  expect_limited(result.sends);
}

TEST(Bandwidth, of_a_connection_is_never_exceeded_by_an_upload) {
  Script script = upload();
  script.config.limits.receive_bytes_per_second_max = rate;
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 201);
  expect_limited(result.receives);
  expect_duration(result);
  expect_sound(script, {}, result);
}

TEST(Bandwidth, of_a_user_is_never_exceeded_by_an_upload) {
  Script script = upload();
  script.gate.anonymous_bytes_per_second = rate;
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 201);
  expect_limited(result.receives);
  expect_duration(result);
}

TEST(Bandwidth, costs_no_pause_where_there_is_no_limit) {
  EXPECT_EQ(play(download()).paused, Instant::zero());
  EXPECT_EQ(play(upload()).paused, Instant::zero());
}

TEST(Bandwidth, that_ends_a_pause_early_changes_nothing_else) {
  Script script;
  script.input = get("/f") + put("/g", "a body of some bytes");
  script.files = {{"f", std::string(40, 'f')}};
  script.uploads = {{"g", {"a body of some bytes"}}};
  script.config.limits.send_bytes_per_second_max = 16;
  script.config.limits.receive_bytes_per_second_max = 16;
  EXPECT_GT(play(script).paused, Instant::zero());
  play_every_way(script);
}

// The peer is not to blame for what our own limit makes it wait.
TEST(Bandwidth, is_not_held_against_a_peer_that_would_be_faster) {
  Script script;
  const std::string body(400, 'b');
  script.input = put("/f", body);
  script.uploads = {{"f", {body}}};
  script.config.limits.body_bytes_max = 400;
  script.config.limits.chunk_bytes = 1024;  // no write comes between
  script.gate.anonymous_bytes_per_second = 4;
  ASSERT_GT(script.config.limits.receive_bytes_per_second_min, 4u);
  const Plan plan{30, SIZE_MAX, Fault::none, SIZE_MAX};  // the body does not come with the head
  const Played result = play(script, plan);
  EXPECT_EQ(result.responses.at(0).status, 201);
  EXPECT_GT(result.duration, 2 * script.config.timeouts.progress);
  expect_sound(script, plan, result);
}

TEST(MinimumRate, cuts_a_slow_writer) {
  Script script = upload();
  script.config.limits.receive_bytes_per_second_min = 2000;
  script.peer_sends = 1900;
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 408);
  EXPECT_EQ(result.reason, CloseReason::slow_peer);
  EXPECT_TRUE(result.files.empty());
  expect_sound(script, {}, result);
}

TEST(MinimumRate, lets_a_writer_go_on_that_is_just_fast_enough) {
  Script script = upload();
  script.config.limits.receive_bytes_per_second_min = 2000;
  script.peer_sends = 2100;
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 201);
  EXPECT_GT(result.duration, std::chrono::minutes(5));
}

TEST(MinimumRate, cuts_a_slow_reader) {
  Script script = download();
  script.config.limits.send_bytes_per_second_min = 4000;
  script.peer_reads = 3900;
  const Played result = play(script);
  EXPECT_EQ(result.reason, CloseReason::slow_peer);
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_FALSE(result.records[0].whole);
  expect_sound(script, {}, result);
}

TEST(MinimumRate, lets_a_reader_go_on_that_is_just_fast_enough) {
  Script script = download();
  script.config.limits.send_bytes_per_second_min = 4000;
  script.peer_reads = 4100;
  const Played result = play(script);
  EXPECT_TRUE(result.responses.at(0).complete);
  EXPECT_GT(result.duration, std::chrono::minutes(4));
}

TEST(MinimumRate, of_nothing_wants_only_that_the_peer_moves) {
  Script script = upload();
  script.input = put("/f", std::string(100, 'x'));
  script.uploads = {{"f", {std::string(100, 'x')}}};
  script.config.limits.receive_bytes_per_second_min = 0;
  script.config.timeouts.head = std::chrono::hours(1);
  script.config.timeouts.progress = std::chrono::milliseconds(2500);
  script.peer_sends = 1;
  EXPECT_EQ(play(script).responses.at(0).status, 201);
  script.config.timeouts.progress = std::chrono::milliseconds(900);
  EXPECT_EQ(play(script).responses.at(0).status, 408);
}

}  // namespace
}  // namespace overlap::test
