// The audit of the management endpoint: what was changed, and what was denied, as events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/management/commands.h"
#include "common/time.h"

namespace overlap::management {

// Every attempt with the token becomes an event of its own. Who has none could fill the Event Log:
// of one address a denied attempt is written down once a minute, with the number of those that were
// left out; of addresses that are not remembered, once a minute together.
//
// Thread-safe.
class AuditLog {
 public:
  static constexpr std::size_t addresses_max = 64;  // remembered at once
  static constexpr Instant quiet = std::chrono::minutes(1);

  // `now` of a monotonic clock.
  void record(const AuditRecord& record, Instant now) noexcept;

 private:
  struct Denied {
    std::string address;
    Instant written{};          // when an event of it was written
    std::uint64_t omitted = 0;  // attempts since then
  };

  // Whether an event is due, and how many were left out before it.
  bool is_due(std::string_view address, Instant now, std::uint64_t& omitted);

  // Threads of the endpoint write at the same time. Held for a look at 64 addresses.
  std::mutex mutex_;
  std::vector<Denied> denied_;
  Denied others_{{}, -quiet, 0};  // of addresses that found no place
};

}  // namespace overlap::management
