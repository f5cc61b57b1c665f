#include "common/stats/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "common/stats/model_stats.h"

namespace overlap::stats {
namespace {

using namespace std::chrono_literals;

TEST(OperationCounts, notices_every_way_to_break_the_identity) {
  OperationCounts counts;
  counts.submitted = 10;
  counts.completed_by = {3, 1, 1, 1, 0};
  counts.in_flight = 4;
  counts.ready = 4;
  EXPECT_TRUE(counts.consistent());
  auto broken = counts;
  ++broken.submitted;
  EXPECT_FALSE(broken.consistent());
  broken = counts;
  ++broken.completed_by[index(Result::timeout)];
  EXPECT_FALSE(broken.consistent());
  broken = counts;
  --broken.in_flight;
  EXPECT_FALSE(broken.consistent());
  broken = counts;
  broken.ready = 5;
  EXPECT_FALSE(broken.consistent());
  broken.ready = -1;
  EXPECT_FALSE(broken.consistent());
}

TEST(Gather, answers_zeros_for_no_recorder) {
  const ModelSnapshot shown = gather({}, {.name = "device"});
  EXPECT_EQ(shown.name, "device");
  EXPECT_TRUE(shown.consistent());
  EXPECT_TRUE(shown.one_instant);
  EXPECT_EQ(shown.threads, 0u);
  EXPECT_EQ(shown.shards, 0u);
  EXPECT_FALSE(shown.connections_per_thread.has_value());
}

TEST(Gather, is_of_one_instant_while_nothing_moves) {
  const Recorder recorder;
  const std::array<const Recorder*, 1> recorders{&recorder};
  EXPECT_TRUE(gather(recorders, {.name = "device", .instant_attempts = 1}).one_instant);
}

TEST(Gather, says_so_when_no_attempt_to_read_was_allowed) {
  const Recorder recorder;
  const std::array<const Recorder*, 1> recorders{&recorder};
  EXPECT_FALSE(gather(recorders, {.name = "device", .read_attempts = 0}).readable);
  EXPECT_FALSE(gather(recorders, {.name = "device", .read_attempts = 0}).consistent());
  EXPECT_TRUE(gather(recorders, {.name = "device", .read_attempts = 1}).readable);
}

TEST(GuardedCounts, cannot_be_read_while_a_section_is_open) {
  GuardedCounts guarded;
  CountValues values;
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  ASSERT_TRUE(guarded.try_read(values, before));
  {
    const GuardedCounts::Section section{guarded};
    section.add(section->opened, 2);
    EXPECT_FALSE(guarded.try_read(values, after));
  }
  ASSERT_TRUE(guarded.try_read(values, after));
  EXPECT_NE(before, after);
  EXPECT_EQ(values.opened, 2);
}

void work(Recorder& recorder, std::int64_t scale) {
  for (std::int64_t i = 0; i < scale; ++i) {
    recorder.connection_opened();
    recorder.submitted(OperationKind::receive);
    recorder.submitted(OperationKind::send);
    recorder.ready(OperationKind::send);
    recorder.completed({OperationKind::send, Result::ok, 100, 10us, 1us});
    recorder.handled(2us);
    recorder.dispatch_lag(3us);
    recorder.waited(WaitReason::io, 2, 1ms, 2ms);
    recorder.request_finished(200, true);
    recorder.connection_rejected();
    recorder.address_rejected();
    recorder.paused();
    recorder.request_finished(401, true);
    recorder.apcs_run(1);
  }
  recorder.longest_unalertable(scale * 1ms);
  recorder.wait_slots(static_cast<std::size_t>(scale), 63);
  recorder.oldest_pending(100s - scale * 1s);
}

TEST(ModelSnapshot, adds_the_totals_of_its_threads_and_keeps_extremes) {
  ModelStats stats{"apc", false};
  work(stats.add_thread(), 2);
  work(stats.add_thread(), 5);
  const ModelSnapshot shown = stats.snapshot(100s);
  const OperationCounts& send = shown.operations[index(OperationKind::send)];
  EXPECT_EQ(send.submitted, 7);
  EXPECT_EQ(send.completed(), 7);
  EXPECT_EQ(send.bytes, 700);
  EXPECT_EQ(shown.total().in_flight, 7);
  EXPECT_EQ(shown.peak, 3 + 6);
  EXPECT_TRUE(shown.peak_is_upper_bound);
  EXPECT_EQ(shown.oldest_pending, 5s);
  EXPECT_EQ(shown.wait_slots_used, 7);
  EXPECT_EQ(shown.wait_slots_limit, 126);
  EXPECT_EQ(shown.rejected, 7);
  EXPECT_EQ(shown.rejected_addresses, 7);
  EXPECT_EQ(shown.pauses, 7);
  EXPECT_EQ(shown.unauthorized, 7);
  EXPECT_EQ(shown.latency[index(OperationKind::send)].count(), 7u);
  EXPECT_EQ(shown.latency_of_all().count(), 7u);
  EXPECT_EQ(shown.lag.count(), 7u);
  EXPECT_EQ(shown.handler.count(), 7u);
  EXPECT_EQ(shown.dispatch_lag.count(), 7u);
  EXPECT_THAT(shown.waits, testing::ElementsAre(7, 0, 0));
  EXPECT_DOUBLE_EQ(shown.completions_per_wake(), 2.0);
  EXPECT_EQ(shown.idle, 7ms);
  EXPECT_EQ(shown.busy, 14ms);
  EXPECT_EQ(shown.threads, 2u);
  EXPECT_EQ(shown.shards, 2u);
  EXPECT_EQ(shown.connections_opened, 7);
  EXPECT_EQ(shown.connections_open, 7);
  ASSERT_TRUE(shown.connections_per_thread.has_value());
  EXPECT_EQ(shown.connections_per_thread->min, 2);
  EXPECT_EQ(shown.connections_per_thread->max, 5);
  EXPECT_EQ(shown.requests[2], 7);
  ASSERT_TRUE(shown.apc.has_value());
  EXPECT_EQ(shown.apc->run, 7);
  EXPECT_EQ(shown.apc->longest_unalertable, 5ms);
  EXPECT_TRUE(shown.consistent());
}

TEST(Names, are_complete_and_differ) {
  const std::set<std::string_view> reasons{close_reason_names.begin(), close_reason_names.end()};
  EXPECT_EQ(reasons.size(), close_reasons);
  EXPECT_EQ(close_reason_names[static_cast<std::size_t>(CloseReason::failed)], "failed");
  EXPECT_EQ(close_reason_names[static_cast<std::size_t>(CloseReason::idle_timeout)],
            "idle_timeout");
  EXPECT_EQ(wait_reason_names[static_cast<std::size_t>(WaitReason::wake)], "wake");
}

}  // namespace
}  // namespace overlap::stats
