#include "common/stats/histogram.h"

#include <algorithm>
#include <cmath>

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
