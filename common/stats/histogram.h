// Distributions of durations in fixed memory: log-linear buckets in the manner of HdrHistogram, so
// that a percentile of microseconds and one of minutes carry the same relative error.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/time.h"

namespace overlap::stats {

// How durations fall into buckets. Below 16 ns each nanosecond has a bucket of its own; above, each
// power of two is cut into 16 equal ones. A bucket is answered for by its middle, which is wrong by
// at most half a bucket: 1/32, or 3.2 %, of the true value.
struct HistogramScale {
  static constexpr unsigned linear_bits = 4;
  static constexpr unsigned value_bits = 40;
  static constexpr std::int64_t sub_buckets = std::int64_t{1} << linear_bits;
  // The largest duration that is told apart, 2^40 - 1 ns, about 1100 s. Longer ones count as
  // overflow.
  static constexpr std::int64_t value_max = (std::int64_t{1} << value_bits) - 1;
  static constexpr std::size_t buckets =
      static_cast<std::size_t>(sub_buckets) * (value_bits - linear_bits + 1);

  // For 0 <= value <= value_max.
  static constexpr std::size_t bucket_of(std::int64_t value) noexcept {
    const auto bits = static_cast<std::uint64_t>(value);
    if (value < sub_buckets) return static_cast<std::size_t>(bits);
    const auto octave = static_cast<unsigned>(std::bit_width(bits)) - 1 - linear_bits;
    return static_cast<std::size_t>((std::uint64_t{octave} << linear_bits) + (bits >> octave));
  }
  static constexpr std::int64_t lowest_of(std::size_t bucket) noexcept {
    const auto position = static_cast<std::int64_t>(bucket);
    if (position < sub_buckets) return position;
    const std::int64_t octave = (position >> linear_bits) - 1;
    return (sub_buckets + position % sub_buckets) << octave;
  }
  static constexpr std::int64_t width_of(std::size_t bucket) noexcept {
    const std::int64_t octave = (static_cast<std::int64_t>(bucket) >> linear_bits) - 1;
    return octave <= 0 ? 1 : std::int64_t{1} << octave;
  }
  static constexpr std::int64_t middle_of(std::size_t bucket) noexcept {
    return lowest_of(bucket) + (width_of(bucket) - 1) / 2;
  }
};

// A distribution as a value: copied, merged, asked for percentiles. Not thread-safe.
class Histogram {
 public:
  // Durations below zero (a clock that two processors see differently) count as zero.
  void record(Instant value);
  void merge(const Histogram& other);
  // What was recorded after `earlier`, a state of this same distribution. Its extremes are known to
  // the bucket only. A bucket that has fewer values than before counts as empty.
  Histogram since(const Histogram& earlier) const;

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t overflow() const noexcept { return overflow_; }  // part of count()
  // Zero while count() is zero, as are all below. The sum saturates.
  Instant sum() const noexcept { return Instant{sum_}; }
  Instant min() const noexcept { return Instant{count_ == 0 ? 0 : min_}; }
  Instant max() const noexcept { return Instant{max_}; }
  Instant mean() const noexcept;
  // The value that the fraction `part` (0..1, clamped) of all values does not exceed, within the
  // scale's error and never outside min()..max(). A rank among the overflowed answers max().
  Instant percentile(double part) const noexcept;
  // Values below `bound`; exact if `bound` is the lowest value of a bucket, as each power of two up
  // to value_max is. Otherwise those of the bucket in which it lies are left out.
  std::uint64_t count_below(Instant bound) const noexcept;

 private:
  friend class HistogramRecorder;

  std::vector<std::uint64_t> counts_;  // empty while nothing is recorded, then one per bucket
  std::uint64_t count_ = 0;
  std::uint64_t overflow_ = 0;
  std::int64_t sum_ = 0;
  std::int64_t min_ = Instant::max().count();
  std::int64_t max_ = 0;
};

// The same buckets, written by one thread and read by any. No lock and no read-modify-write: the
// single writer loads and stores.
class HistogramRecorder {
 public:
  void record(Instant duration) noexcept {
    const std::int64_t value = duration.count() < 0 ? 0 : duration.count();
    // The bucket is stored last, with release: a reader who finds a value counted also finds it
    // within the extremes and in the sum.
    store(sum_, saturated_sum(load(sum_), value));
    if (value < load(min_)) store(min_, value);
    if (value > load(max_)) store(max_, value);
    std::atomic<std::uint64_t>& cell =
        value > HistogramScale::value_max ? overflow_ : counts_[HistogramScale::bucket_of(value)];
    cell.store(cell.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  // Adds what is recorded so far to `into`. Any thread. Values that arrive meanwhile may be in the
  // sum and not yet in the count.
  void add_to(Histogram& into) const;

  static constexpr std::int64_t saturated_sum(std::int64_t sum, std::int64_t value) noexcept {
    return sum > Instant::max().count() - value ? Instant::max().count() : sum + value;
  }

 private:
  static std::int64_t load(const std::atomic<std::int64_t>& cell) noexcept {
    return cell.load(std::memory_order_relaxed);
  }
  static void store(std::atomic<std::int64_t>& cell, std::int64_t value) noexcept {
    cell.store(value, std::memory_order_relaxed);
  }

  std::atomic<std::int64_t> sum_{0};
  std::atomic<std::int64_t> min_{Instant::max().count()};
  std::atomic<std::int64_t> max_{0};
  std::atomic<std::uint64_t> overflow_{0};
  std::array<std::atomic<std::uint64_t>, HistogramScale::buckets> counts_{};
};

}  // namespace overlap::stats
