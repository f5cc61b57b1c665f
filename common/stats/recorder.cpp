#include "common/stats/recorder.h"

namespace overlap::stats {

bool GuardedCounts::try_read(CountValues& values, std::uint64_t& sequence) const noexcept {
  sequence = sequence_.load(std::memory_order_acquire);
  if (sequence % 2 != 0) return false;
  values.for_each_with(counts_, [](std::int64_t& value, const std::atomic<std::int64_t>& cell) {
    value = cell.load(std::memory_order_acquire);
  });
  return sequence_.load(std::memory_order_relaxed) == sequence;
}

}  // namespace overlap::stats
