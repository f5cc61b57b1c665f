// Remembers as much of the past as the rules need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/findings/finding.h"
#include "common/findings/moment.h"
#include "common/time.h"

namespace overlap::findings {

// Not thread-safe.
class Watch {
 public:
  static constexpr Instant window = std::chrono::seconds(10);
  static constexpr Instant window_least = std::chrono::seconds(2);  // shorter says nothing
  static constexpr std::size_t moments_max = 32;
  // Moments that are further apart say that the machine slept, or a debugger held the process, or
  // there was no processor for it.
  static constexpr Instant gap_max = std::chrono::seconds(3);

  // About once a second, with moments in the order of their monotonic time. Returns the findings of
  // that moment. Keeps it for as long as the window reaches.
  const std::vector<Finding>& observe(std::shared_ptr<const Moment> moment);

 private:
  struct Phase {
    std::string listener;
    management::ListenerPhase phase{};
    std::int64_t since_unix_ms = 0;
  };

  const Moment* before(Instant now) const noexcept;
  void note_phases(const Moment& moment);
  void note_minute(const Moment& moment);

  std::deque<std::shared_ptr<const Moment>> moments_;  // the oldest first
  std::vector<Phase> phases_;                          // by the listeners of the last moment
  std::vector<Minute> minutes_;
  Minute minute_;  // the one that is not over
  Instant minute_began_{};
  bool minute_open_ = false;
  Instant awake_since_{};
  std::vector<Finding> standing_;
};

}  // namespace overlap::findings
