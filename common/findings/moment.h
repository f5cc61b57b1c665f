// What findings are made from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/config/config.h"
#include "common/management/journal.h"
#include "common/management/state.h"
#include "common/stats/snapshot.h"
#include "common/time.h"

namespace overlap::findings {

// All that the service said of itself at one moment, or one part shortly after the other.
struct Moment {
  std::int64_t unix_ms = 0;
  Instant monotonic{};
  management::ServiceState service;
  management::JournalState journal;
  std::vector<stats::ModelSnapshot> models;
  std::vector<management::ListenerState> listeners;
  // Of the configuration in effect.
  config::Timeouts timeouts;
  // Of head, idle and progress, in any configuration since the start: connections keep what they
  // began with.
  Instant longest_timeout{};
  std::uint64_t free_bytes_min = 0;
};

// The least handles and the most connections within one minute: what a leak leaves behind shows in
// the former, and load that explains it in the latter.
struct Minute {
  std::uint32_t handles_min = 0;
  std::int64_t connections_max = 0;
};

struct Window {
  const Moment& now;
  // Some seconds earlier, about ten; null while the service is too young. Rates are over the time
  // between.
  const Moment* before = nullptr;
  std::span<const Minute> minutes{};  // whole ones, the oldest first, at most minutes_max
  // Since when each listener of `now` is in its phase, in the same order.
  std::span<const std::int64_t> phase_since_unix_ms{};
  // Since when moments have come about once a second.
  Instant awake_since{};
};
inline constexpr std::size_t minutes_max = 30;

}  // namespace overlap::findings
