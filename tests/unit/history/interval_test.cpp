#include "common/stats/interval.h"

#include <gtest/gtest.h>

#include <functional>

namespace overlap::stats {
namespace {

using namespace std::chrono_literals;

TEST(HistogramSince, holds_what_was_recorded_later) {
  Histogram earlier;
  earlier.record(5ms);
  earlier.record(9s);
  Histogram now = earlier;
  now.record(1us);
  now.record(2us);
  const Histogram between = now.since(earlier);
  EXPECT_EQ(between.count(), 2u);
  EXPECT_EQ(between.sum(), Instant{3us});
  EXPECT_LE(between.max(), Instant{2us} * 17 / 16);
  EXPECT_GE(between.max(), Instant{2us});
  EXPECT_LE(between.min(), Instant{1us});
  EXPECT_GE(between.min(), Instant{1us} * 15 / 16);
}

TEST(HistogramSince, is_all_of_it_since_the_beginning) {
  Histogram now;
  EXPECT_EQ(now.since({}).count(), 0u);
  now.record(7ns);
  now.record(Instant{HistogramScale::value_max} + 1ns);
  const Histogram between = now.since({});
  EXPECT_EQ(between.count(), 2u);
  EXPECT_EQ(between.overflow(), 1u);
  EXPECT_EQ(between.max(), now.max());
  EXPECT_EQ(between.percentile(0.5), Instant{7ns});
  EXPECT_EQ(now.since(now).count(), 0u);
  EXPECT_EQ(now.since(now).sum(), Instant{0});
}

TEST(HistogramSince, has_its_extremes_from_the_overflow_if_there_is_nothing_else) {
  Histogram earlier;
  earlier.record(1ns);
  Histogram now = earlier;
  now.record(2000s);
  const Histogram between = now.since(earlier);
  EXPECT_EQ(between.count(), 1u);
  EXPECT_EQ(between.min(), Instant{2000s});
  EXPECT_EQ(between.max(), Instant{2000s});
}

TEST(HistogramSince, is_empty_where_counts_have_fallen) {
  Histogram earlier;
  earlier.record(1ms);
  earlier.record(1ms);
  Histogram now;
  now.record(1ms);
  EXPECT_EQ(now.since(earlier).count(), 0u);
}

TEST(HistogramCountBelow, is_exact_at_powers_of_two) {
  Histogram histogram;
  EXPECT_EQ(histogram.count_below(1s), 0u);
  for (unsigned bits = 0; bits < 40; ++bits) {
    histogram.record(Instant{(std::int64_t{1} << bits) - 1});
    histogram.record(Instant{std::int64_t{1} << bits});
  }
  std::uint64_t below = 0;
  for (unsigned bits = 0; bits < 40; ++bits) {
    EXPECT_EQ(histogram.count_below(Instant{std::int64_t{1} << bits}), below + 1) << bits;
    below += 2;
  }
  EXPECT_EQ(histogram.count_below(never), 80u);
  EXPECT_EQ(histogram.count_below(Instant{0}), 0u);
  EXPECT_EQ(histogram.count_below(Instant{-1}), 0u);
}

TEST(Interval, has_what_was_counted_between) {
  ModelSnapshot before;
  before.operations[index(OperationKind::receive)].bytes = 10;
  before.requests[2] = 3;
  before.busy = 1s;
  before.idle = 1s;
  ModelSnapshot after = before;
  after.operations[index(OperationKind::receive)].bytes = 110;
  after.operations[index(OperationKind::send)].bytes = 20;
  after.operations[index(OperationKind::send_file)].bytes = 30;
  after.operations[index(OperationKind::read)].completed_by[0] = 4;
  after.requests[2] = 5;
  after.requests[5] = 1;
  after.busy = 2s;
  after.idle = 4s;
  const auto between = interval_between(before, after, 2s);
  ASSERT_TRUE(between);
  EXPECT_EQ(between->seconds, 2);
  EXPECT_EQ(between->bytes_received, 100);
  EXPECT_EQ(between->bytes_sent, 50);
  EXPECT_EQ(between->completed, 4);
  EXPECT_EQ(between->requests_total(), 3);
  EXPECT_DOUBLE_EQ(between->busy_share().value(), 0.25);
}

TEST(Interval, leaves_out_of_its_latency_what_waits_for_the_peer) {
  ModelSnapshot after;
  for (auto& histogram : after.latency) histogram.record(1ms);
  EXPECT_EQ(interval_between({}, after, 1s)->io.count(), 4u);
}

TEST(Interval, is_none_without_time_or_across_a_fresh_start) {
  EXPECT_FALSE(interval_between({}, {}, 0s));
  EXPECT_TRUE(interval_between({}, {}, 1ns));
  EXPECT_FALSE(interval_between({}, {}, 1ns)->busy_share());
  const std::function<void(ModelSnapshot&)> counters[] = {
      [](auto& model) { model.operations[3].completed_by[1] = 1; },
      [](auto& model) { model.operations[3].bytes = 1; },
      [](auto& model) { model.requests[4] = 1; },
      [](auto& model) { model.connections_opened = 1; },
      [](auto& model) { model.rejected = 1; },
      [](auto& model) { model.rejected_addresses = 1; },
      [](auto& model) { model.pauses = 1; },
      [](auto& model) { model.unauthorized = 1; },
      [](auto& model) { model.busy = 1ns; },
      [](auto& model) { model.idle = 1ns; },
  };
  for (const auto& raise : counters) {
    ModelSnapshot more;
    raise(more);
    EXPECT_FALSE(interval_between(more, {}, 1s));
    EXPECT_TRUE(interval_between({}, more, 1s));
  }
}

}  // namespace
}  // namespace overlap::stats
