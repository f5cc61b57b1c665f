#include "common/stats/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/stats/model_stats.h"
#include "common/stats/snapshot.h"

namespace overlap::stats {
namespace {

using namespace std::chrono_literals;

class RecorderTest : public testing::Test {
 protected:
  ModelSnapshot snapshot(Instant now = 100s) { return stats.snapshot(now); }
  static const OperationCounts& of(const ModelSnapshot& shown, OperationKind kind) {
    return shown.operations[index(kind)];
  }
  static void complete(Recorder& recorder, OperationKind kind, Result result = Result::ok,
                       std::size_t bytes = 0) {
    recorder.ready(kind);
    recorder.completed({kind, result, bytes, 10us, 1us});
  }

  ModelStats stats{"event", false};
  Recorder& recorder = stats.add_thread();
};

TEST_F(RecorderTest, follows_an_operation_through_its_life) {
  recorder.submitted(OperationKind::receive);
  auto shown = snapshot();
  EXPECT_EQ(of(shown, OperationKind::receive).submitted, 1);
  EXPECT_EQ(of(shown, OperationKind::receive).in_flight, 1);
  EXPECT_EQ(of(shown, OperationKind::receive).ready, 0);
  EXPECT_TRUE(shown.consistent());

  recorder.immediate(OperationKind::receive);
  recorder.ready(OperationKind::receive);
  shown = snapshot();
  EXPECT_EQ(of(shown, OperationKind::receive).in_flight, 1);
  EXPECT_EQ(of(shown, OperationKind::receive).ready, 1);
  EXPECT_EQ(of(shown, OperationKind::receive).immediate, 1);
  EXPECT_TRUE(shown.consistent());

  recorder.completed({OperationKind::receive, Result::ok, 512, 30us, 2us});
  shown = snapshot();
  EXPECT_EQ(of(shown, OperationKind::receive).completed(), 1);
  EXPECT_EQ(of(shown, OperationKind::receive).in_flight, 0);
  EXPECT_EQ(of(shown, OperationKind::receive).ready, 0);
  EXPECT_EQ(of(shown, OperationKind::receive).bytes, 512);
  EXPECT_EQ(shown.latency[index(OperationKind::receive)].max(), 30us);
  EXPECT_EQ(shown.lag.max(), 2us);
  EXPECT_TRUE(shown.consistent());
}

TEST_F(RecorderTest, keeps_each_kind_and_result_apart) {
  std::int64_t times = 0;
  for (std::size_t kind = 0; kind < operation_kinds; ++kind)
    for (std::size_t result = 0; result < results; ++result) {
      ++times;
      for (std::int64_t i = 0; i < times; ++i) {
        recorder.submitted(static_cast<OperationKind>(kind));
        complete(recorder, static_cast<OperationKind>(kind), static_cast<Result>(result), 1);
      }
    }
  const ModelSnapshot shown = snapshot();
  times = 0;
  for (std::size_t kind = 0; kind < operation_kinds; ++kind)
    for (std::size_t result = 0; result < results; ++result)
      EXPECT_EQ(shown.operations[kind].completed_by[result], ++times) << kind << ' ' << result;
  EXPECT_EQ(shown.total().completed(), 30 * 31 / 2);
  EXPECT_EQ(shown.total().bytes, 30 * 31 / 2);
}

TEST_F(RecorderTest, shows_a_completion_without_submission_as_inconsistent) {
  complete(recorder, OperationKind::send);
  EXPECT_FALSE(snapshot().consistent());
}

TEST_F(RecorderTest, shows_a_completion_that_was_never_ready_as_inconsistent) {
  recorder.submitted(OperationKind::send);
  recorder.completed({OperationKind::send, Result::ok, 1, 1us, 1us});
  EXPECT_FALSE(snapshot().consistent());
}

TEST_F(RecorderTest, keeps_the_peak_of_all_kinds_together) {
  recorder.submitted(OperationKind::accept);
  recorder.submitted(OperationKind::read);
  recorder.submitted(OperationKind::send);
  complete(recorder, OperationKind::read);
  complete(recorder, OperationKind::send);
  recorder.submitted(OperationKind::write);
  const ModelSnapshot shown = snapshot();
  EXPECT_EQ(shown.peak, 3);
  EXPECT_FALSE(shown.peak_is_upper_bound);
}

TEST_F(RecorderTest, sums_the_peaks_of_threads_and_says_that_they_need_not_coincide) {
  Recorder& other = stats.add_thread();
  recorder.submitted(OperationKind::receive);
  complete(recorder, OperationKind::receive);
  other.submitted(OperationKind::receive);
  const ModelSnapshot shown = snapshot();
  EXPECT_EQ(shown.peak, 2);
  EXPECT_TRUE(shown.peak_is_upper_bound);
}

TEST(SharedRecorderTest, keeps_the_exact_peak_over_threads_that_share_operations) {
  ModelStats stats{"asio", true};
  Recorder& submitter = stats.add_thread();
  Recorder& completer = stats.add_thread();
  for (int round = 0; round < 5; ++round) {
    submitter.submitted(OperationKind::receive);
    submitter.submitted(OperationKind::receive);
    for (int i = 0; i < 2; ++i) {
      completer.ready(OperationKind::receive);
      completer.completed({OperationKind::receive, Result::ok, 1, 1us, 1us});
    }
  }
  const ModelSnapshot shown = stats.snapshot(0s);
  EXPECT_EQ(shown.peak, 2);
  EXPECT_FALSE(shown.peak_is_upper_bound);
  EXPECT_EQ(shown.total().submitted, 10);
  EXPECT_EQ(shown.total().in_flight, 0);
  EXPECT_TRUE(shown.consistent());
  EXPECT_EQ(shown.shards, 1u);
  EXPECT_EQ(shown.threads, 2u);
  EXPECT_FALSE(shown.connections_per_thread.has_value());
}

TEST(SharedRecorderTest, counts_the_threads_that_are_busy) {
  ModelStats stats{"asio", true};
  Recorder& first = stats.add_thread();
  Recorder& second = stats.add_thread();
  EXPECT_EQ(stats.snapshot(0s).threads_busy, 0);
  first.busy(true);
  second.busy(true);
  EXPECT_EQ(stats.snapshot(0s).threads_busy, 2);
  second.busy(false);
  EXPECT_EQ(stats.snapshot(0s).specific().at("threads_busy"), 1.0);
}

TEST_F(RecorderTest, counts_waits_by_reason_and_completions_per_wake) {
  EXPECT_EQ(snapshot().completions_per_wake(), 0.0);
  recorder.waited(WaitReason::io, 3, 5ms, 1ms);
  recorder.waited(WaitReason::io, 4, 5ms, 1ms);
  recorder.waited(WaitReason::timeout, 0, 10ms, 0ms);
  recorder.waited(WaitReason::wake, 0, 1ms, 2ms);
  const ModelSnapshot shown = snapshot();
  EXPECT_THAT(shown.waits, testing::ElementsAre(2, 1, 1));
  EXPECT_DOUBLE_EQ(shown.completions_per_wake(), 3.5);
  EXPECT_EQ(shown.idle, 21ms);
  EXPECT_EQ(shown.busy, 4ms);
}

TEST_F(RecorderTest, counts_connections_by_the_reason_of_their_end) {
  recorder.connection_opened();
  recorder.connection_opened();
  recorder.connection_closed(CloseReason::failed);
  recorder.connection_rejected();
  recorder.address_rejected();
  recorder.paused();
  recorder.request_finished(401, true);
  recorder.request_finished(403, true);
  const ModelSnapshot shown = snapshot();
  EXPECT_EQ(shown.rejected_addresses, 1);
  EXPECT_EQ(shown.pauses, 1);
  EXPECT_EQ(shown.unauthorized, 1);
  EXPECT_EQ(shown.connections_opened, 2);
  EXPECT_EQ(shown.connections_open, 1);
  EXPECT_EQ(shown.connections_closed[static_cast<std::size_t>(CloseReason::failed)], 1);
  EXPECT_EQ(shown.connections_closed_total(), 1);
  EXPECT_EQ(shown.rejected, 1);
  EXPECT_TRUE(shown.consistent());
  recorder.connection_closed(CloseReason::finished);
  recorder.connection_closed(CloseReason::finished);
  EXPECT_FALSE(snapshot().consistent());
}

TEST_F(RecorderTest, shows_the_fewest_and_the_most_connections_of_a_thread) {
  Recorder& second = stats.add_thread();
  Recorder& third = stats.add_thread();
  for (int i = 0; i < 4; ++i) recorder.connection_opened();
  second.connection_opened();
  third.connection_opened();
  third.connection_opened();
  const auto extremes = snapshot().connections_per_thread;
  ASSERT_TRUE(extremes.has_value());
  EXPECT_EQ(extremes->min, 1);
  EXPECT_EQ(extremes->max, 4);
}

TEST_F(RecorderTest, counts_requests_by_the_class_of_their_status) {
  for (const int status : {0, 99, 100, 200, 206, 304, 404, 503, 599, 600, -1})
    recorder.request_finished(status, status != 206);
  const ModelSnapshot shown = snapshot();
  EXPECT_THAT(shown.requests, testing::ElementsAre(4, 1, 2, 1, 1, 2));
  EXPECT_EQ(shown.requests_incomplete, 1);
}

TEST_F(RecorderTest, shows_the_age_of_the_oldest_operation_of_all_threads) {
  Recorder& other = stats.add_thread();
  EXPECT_EQ(snapshot(10s).oldest_pending, 0s);
  recorder.oldest_pending(7s);
  other.oldest_pending(4s);
  EXPECT_EQ(snapshot(10s).oldest_pending, 6s);
  EXPECT_EQ(snapshot(4s).oldest_pending, 0s);  // submitted after the snapshot read its clock
  other.oldest_pending(never);
  EXPECT_EQ(snapshot(10s).oldest_pending, 3s);
}

TEST_F(RecorderTest, sums_wait_slots) {
  Recorder& other = stats.add_thread();
  recorder.wait_slots(63, 63);
  other.wait_slots(1, 63);
  EXPECT_EQ(snapshot().wait_slots_used, 64);
  EXPECT_EQ(snapshot().wait_slots_limit, 126);
}

TEST_F(RecorderTest, has_apc_figures_only_once_they_were_recorded) {
  EXPECT_FALSE(snapshot().apc.has_value());
  EXPECT_TRUE(snapshot().specific().empty());
  recorder.longest_unalertable(3ms);
  recorder.longest_unalertable(2ms);
  recorder.apcs_run(6);
  recorder.waited(WaitReason::io, 6, 1ms, 1ms);
  recorder.waited(WaitReason::timeout, 0, 1ms, 1ms);
  const auto figures = snapshot().specific();
  EXPECT_DOUBLE_EQ(figures.at("longest_unalertable_seconds"), 0.003);
  EXPECT_DOUBLE_EQ(figures.at("apcs_run_total"), 6);
  EXPECT_DOUBLE_EQ(figures.at("apcs_per_wait"), 3);
}

TEST_F(RecorderTest, records_handler_time_and_dispatch_lag) {
  recorder.handled(40us);
  recorder.dispatch_lag(70us);
  EXPECT_EQ(snapshot().handler.max(), 40us);
  EXPECT_EQ(snapshot().dispatch_lag.max(), 70us);
}

TEST_F(RecorderTest, keeps_the_totals_of_threads_that_ended_and_drops_their_gauges) {
  Recorder& ended = stats.add_thread();
  ended.submitted(OperationKind::send);
  complete(ended, OperationKind::send, Result::ok, 9);
  ended.wait_slots(5, 63);
  ended.oldest_pending(1s);
  stats.end_thread(ended);
  const ModelSnapshot shown = snapshot();
  EXPECT_EQ(shown.threads, 1u);
  EXPECT_EQ(shown.total().completed(), 1);
  EXPECT_EQ(shown.total().bytes, 9);
  EXPECT_EQ(shown.latency[index(OperationKind::send)].count(), 1u);
  EXPECT_EQ(shown.wait_slots_limit, 0);
  EXPECT_EQ(shown.oldest_pending, 0s);
}

TEST_F(RecorderTest, gives_the_recorder_of_an_ended_thread_to_the_next) {
  Recorder& ended = stats.add_thread();
  ended.submitted(OperationKind::send);
  complete(ended, OperationKind::send);
  ended.wait_slots(5, 63);
  stats.end_thread(ended);
  Recorder& next = stats.add_thread();
  EXPECT_EQ(&next, &ended);
  EXPECT_NE(&stats.add_thread(), &next);
  EXPECT_EQ(snapshot().threads, 3u);
  EXPECT_EQ(snapshot().total().completed(), 1);
  EXPECT_EQ(snapshot().wait_slots_limit, 0);
}

TEST(RecorderLayout, shares_no_cache_line_with_a_neighbour) {
  EXPECT_EQ(alignof(Recorder) % 64, 0u);
  EXPECT_EQ(sizeof(Recorder) % 64, 0u);
  EXPECT_TRUE(std::atomic<std::int64_t>::is_always_lock_free);
}

}  // namespace
}  // namespace overlap::stats
