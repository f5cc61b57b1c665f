#include "common/stats/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace overlap::stats {
namespace {

using Scale = HistogramScale;

TEST(HistogramScale, buckets_follow_each_other_without_gap_or_overlap) {
  std::int64_t expected = 0;
  for (std::size_t bucket = 0; bucket < Scale::buckets; ++bucket) {
    ASSERT_EQ(Scale::lowest_of(bucket), expected) << bucket;
    expected += Scale::width_of(bucket);
  }
  EXPECT_EQ(expected, Scale::value_max + 1);
}

TEST(HistogramScale, first_and_last_value_of_each_bucket_fall_into_it) {
  for (std::size_t bucket = 0; bucket < Scale::buckets; ++bucket) {
    const std::int64_t lowest = Scale::lowest_of(bucket);
    ASSERT_EQ(Scale::bucket_of(lowest), bucket);
    ASSERT_EQ(Scale::bucket_of(lowest + Scale::width_of(bucket) - 1), bucket);
  }
}

TEST(HistogramScale, middle_of_a_bucket_is_within_a_thirty_second_of_all_its_values) {
  for (std::size_t bucket = 1; bucket < Scale::buckets; ++bucket) {
    const auto middle = static_cast<double>(Scale::middle_of(bucket));
    const auto lowest = static_cast<double>(Scale::lowest_of(bucket));
    const double highest = lowest + static_cast<double>(Scale::width_of(bucket)) - 1;
    ASSERT_LE(std::abs(middle - lowest) / lowest, 1.0 / 32) << bucket;
    ASSERT_LE(std::abs(middle - highest) / highest, 1.0 / 32) << bucket;
  }
}

TEST(Histogram, answers_zero_while_empty) {
  const Histogram empty;
  EXPECT_EQ(empty.count(), 0u);
  EXPECT_EQ(empty.min(), Instant{0});
  EXPECT_EQ(empty.max(), Instant{0});
  EXPECT_EQ(empty.mean(), Instant{0});
  EXPECT_EQ(empty.percentile(0.5), Instant{0});
}

TEST(Histogram, answers_a_single_value_exactly_at_every_percentile) {
  Histogram one;
  one.record(Instant{123'456'789});
  for (const double part : {-1.0, 0.0, 0.5, 0.99, 1.0, 2.0})
    EXPECT_EQ(one.percentile(part), Instant{123'456'789}) << part;
  EXPECT_EQ(one.mean(), Instant{123'456'789});
}

TEST(Histogram, counts_the_longest_duration_and_overflows_one_past_it) {
  Histogram histogram;
  histogram.record(Instant{Scale::value_max});
  EXPECT_EQ(histogram.overflow(), 0u);
  histogram.record(Instant{Scale::value_max + 1});
  EXPECT_EQ(histogram.overflow(), 1u);
  EXPECT_EQ(histogram.count(), 2u);
  EXPECT_EQ(histogram.max(), Instant{Scale::value_max + 1});
}

TEST(Histogram, answers_the_maximum_for_ranks_among_the_overflowed) {
  Histogram histogram;
  histogram.record(Instant{15});
  for (int i = 0; i < 3; ++i) histogram.record(std::chrono::hours{1 + i});
  EXPECT_EQ(histogram.percentile(0.25), Instant{15});
  EXPECT_EQ(histogram.percentile(0.5), std::chrono::hours{3});
}

TEST(Histogram, takes_a_negative_duration_for_zero) {
  Histogram value;
  value.record(Instant{-1});
  EXPECT_EQ(value.count(), 1u);
  EXPECT_EQ(value.min(), Instant{0});
  EXPECT_EQ(value.sum(), Instant{0});
}

TEST(Histogram, saturates_the_sum) {
  Histogram histogram;
  histogram.record(Instant::max());
  histogram.record(Instant::max());
  EXPECT_EQ(histogram.sum(), Instant::max());
}

// Against sorting, over durations from nanoseconds to minutes.
TEST(Histogram, percentiles_agree_with_sorting_within_the_error_of_the_scale) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> exponent{0.0, 11.0};
    Histogram histogram;
    std::vector<std::int64_t> values;
    for (int i = 0; i < 20'000; ++i) {
      values.push_back(static_cast<std::int64_t>(std::pow(10.0, exponent(random))));
      histogram.record(Instant{values.back()});
    }
    std::sort(values.begin(), values.end());
    for (const double part : {0.0001, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const auto rank = static_cast<std::size_t>(std::ceil(part * 20'000.0));
      const auto exact = static_cast<double>(values[rank - 1]);
      const auto answer = static_cast<double>(histogram.percentile(part).count());
      EXPECT_LE(std::abs(answer - exact), exact / 32) << part;
    }
    EXPECT_EQ(histogram.percentile(1.0), Instant{values.back()});
  }
}

TEST(Histogram, merging_equals_recording_into_one) {
  std::mt19937_64 random{7};
  Histogram left;
  Histogram right;
  Histogram both;
  for (int i = 0; i < 5000; ++i) {
    const Instant value{static_cast<std::int64_t>(random() >> (20 + random() % 40))};
    (i % 3 == 0 ? left : right).record(value);
    both.record(value);
  }
  left.merge(right);
  EXPECT_EQ(left.count(), both.count());
  EXPECT_EQ(left.overflow(), both.overflow());
  EXPECT_EQ(left.sum(), both.sum());
  EXPECT_EQ(left.min(), both.min());
  EXPECT_EQ(left.max(), both.max());
  for (double part = 0; part <= 1; part += 0.01)
    EXPECT_EQ(left.percentile(part), both.percentile(part)) << part;
}

TEST(Histogram, merging_with_an_empty_one_changes_nothing) {
  Histogram filled;
  filled.record(Instant{50});
  filled.merge(Histogram{});
  EXPECT_EQ(filled.count(), 1u);
  EXPECT_EQ(filled.min(), Instant{50});
  Histogram empty;
  empty.merge(filled);
  EXPECT_EQ(empty.min(), Instant{50});
  EXPECT_EQ(empty.max(), Instant{50});
}

TEST(HistogramRecorder, shows_what_a_histogram_would) {
  HistogramRecorder recorder;
  Histogram expected;
  for (const std::int64_t value :
       {std::int64_t{-5}, std::int64_t{0}, std::int64_t{15}, std::int64_t{16},
        std::int64_t{1'000'000}, Scale::value_max, Scale::value_max + 1}) {
    recorder.record(Instant{value});
    expected.record(Instant{value});
  }
  Histogram shown;
  recorder.add_to(shown);
  EXPECT_EQ(shown.count(), expected.count());
  EXPECT_EQ(shown.overflow(), expected.overflow());
  EXPECT_EQ(shown.sum(), expected.sum());
  EXPECT_EQ(shown.min(), expected.min());
  EXPECT_EQ(shown.max(), expected.max());
  for (const double part : {0.1, 0.3, 0.5, 0.7, 0.9})
    EXPECT_EQ(shown.percentile(part), expected.percentile(part)) << part;
}

TEST(HistogramRecorder, adds_nothing_while_empty) {
  Histogram shown;
  HistogramRecorder{}.add_to(shown);
  EXPECT_EQ(shown.count(), 0u);
  EXPECT_EQ(shown.min(), Instant{0});
}

}  // namespace
}  // namespace overlap::stats
