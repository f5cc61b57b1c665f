#include "common/stats/histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace overlap::stats {

void Histogram::record(Instant duration) {
  const std::int64_t value = std::max<std::int64_t>(duration.count(), 0);
  if (counts_.empty()) counts_.resize(HistogramScale::buckets);
  if (value > HistogramScale::value_max) {
    ++overflow_;
  } else {
    ++counts_[HistogramScale::bucket_of(value)];
  }
  ++count_;
  sum_ = HistogramRecorder::saturated_sum(sum_, value);
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void Histogram::merge(const Histogram& other) {
  if (other.count_ == 0) return;
  if (counts_.empty()) counts_.resize(HistogramScale::buckets);
  for (std::size_t bucket = 0; bucket < HistogramScale::buckets; ++bucket)
    counts_[bucket] += other.counts_[bucket];
  count_ += other.count_;
  overflow_ += other.overflow_;
  sum_ = HistogramRecorder::saturated_sum(sum_, other.sum_);
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

Histogram Histogram::since(const Histogram& earlier) const {
  Histogram later;
  const auto grown = [](std::uint64_t now, std::uint64_t before) {
    return now > before ? now - before : 0;
  };
  if (counts_.empty()) return later;
  later.counts_.resize(HistogramScale::buckets);
  for (std::size_t bucket = 0; bucket < HistogramScale::buckets; ++bucket) {
    const std::uint64_t before = earlier.counts_.empty() ? 0 : earlier.counts_[bucket];
    const std::uint64_t count = grown(counts_[bucket], before);
    if (count == 0) continue;
    later.counts_[bucket] = count;
    later.count_ += count;
    const std::int64_t lowest = HistogramScale::lowest_of(bucket);
    later.min_ = std::min(later.min_, std::max(lowest, min_));
    later.max_ = std::min(lowest + HistogramScale::width_of(bucket) - 1, max_);
  }
  later.overflow_ = grown(overflow_, earlier.overflow_);
  if (later.overflow_ != 0) {
    later.count_ += later.overflow_;
    later.min_ = std::min(later.min_, max_);
    later.max_ = max_;
  }
  if (later.count_ != 0) later.sum_ = std::max<std::int64_t>(sum_ - earlier.sum_, 0);
  return later;
}

std::uint64_t Histogram::count_below(Instant bound) const noexcept {
  if (counts_.empty() || bound.count() <= 0) return 0;
  const std::size_t end = bound.count() > HistogramScale::value_max
                              ? HistogramScale::buckets
                              : HistogramScale::bucket_of(bound.count());
  return std::accumulate(counts_.begin(), counts_.begin() + static_cast<std::ptrdiff_t>(end),
                         std::uint64_t{0});
}

Instant Histogram::mean() const noexcept {
  return Instant{count_ == 0 ? 0 : sum_ / static_cast<std::int64_t>(count_)};
}

Instant Histogram::percentile(double part) const noexcept {
  if (count_ == 0) return Instant{0};
  const double wanted = std::ceil(std::clamp(part, 0.0, 1.0) * static_cast<double>(count_));
  const std::uint64_t rank = std::max<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1);
  if (rank >= count_) return max();
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < HistogramScale::buckets; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) return Instant{std::clamp(HistogramScale::middle_of(bucket), min_, max_)};
  }
  return max();
}

void HistogramRecorder::add_to(Histogram& into) const {
  Histogram mine;
  mine.counts_.resize(HistogramScale::buckets);
  // The buckets before the extremes: see record().
  for (std::size_t bucket = 0; bucket < HistogramScale::buckets; ++bucket) {
    mine.counts_[bucket] = counts_[bucket].load(std::memory_order_acquire);
    mine.count_ += mine.counts_[bucket];
  }
  mine.overflow_ = overflow_.load(std::memory_order_acquire);
  mine.count_ += mine.overflow_;
  mine.sum_ = load(sum_);
  mine.min_ = load(min_);
  mine.max_ = load(max_);
  into.merge(mine);
}

}  // namespace overlap::stats
