// A limit of bytes a second, shared by any number of connections.
#pragma once

#include <atomic>
#include <cstdint>

#include "common/time.h"

namespace overlap {

// The generic cell rate algorithm (ITU-T I.371, "virtual scheduling"): one number says when all
// that was taken so far would have been through at the limited rate. Thread-safe, without a lock.
class Bandwidth {
 public:
  // How far ahead of the rate anyone may be: short pauses are not worth their price.
  static constexpr Instant burst = std::chrono::milliseconds(250);

  explicit Bandwidth(std::uint64_t bytes_per_second) noexcept : rate_(bytes_per_second) {}

  bool limited() const noexcept { return rate_ != 0; }
  std::uint64_t bytes_per_second() const noexcept { return rate_; }

  // Takes note of bytes that were moved. Nothing more may be moved before the time returned, which
  // is `now` or earlier if there is no need to pause.
  Instant take(std::uint64_t bytes, Instant now) noexcept {
    if (rate_ == 0 || bytes == 0) return now;
    const Instant cost(
        static_cast<std::int64_t>(static_cast<double>(bytes) * 1e9 / static_cast<double>(rate_)));
    Instant through = through_.load(std::memory_order_relaxed);
    Instant next{};
    do {
      next = (through < now ? now : through) + cost;
    } while (!through_.compare_exchange_weak(through, next, std::memory_order_relaxed));
    return next - burst;
  }

 private:
  const std::uint64_t rate_;  // 0: no limit
  std::atomic<Instant> through_{Instant::zero()};
};

}  // namespace overlap
