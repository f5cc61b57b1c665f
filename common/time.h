// Time as the portable part sees it: always an argument, never read from a clock here.
#pragma once

#include <chrono>
#include <cstdint>

namespace overlap {

// A moment on the monotonic clock of the process, counted from an arbitrary origin. Never a
// wall-clock time.
using Instant = std::chrono::nanoseconds;

inline constexpr Instant never = Instant::max();

// What a session is told of the world each time it runs.
struct Now {
  Instant monotonic{};
  std::int64_t unix_seconds = 0;  // wall clock, for the Date header only
  bool draining = false;          // the listener stops: finish the request under way, then close
};

}  // namespace overlap
