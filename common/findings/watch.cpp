#include "common/findings/watch.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/findings/judge.h"

namespace overlap::findings {
namespace {

constexpr Instant minute_length = std::chrono::minutes(1);

std::int64_t connections_of(const Moment& moment) {
  std::int64_t open = 0;
  for (const stats::ModelSnapshot& model : moment.models) open += model.connections_open;
  return open;
}

}  // namespace

const std::vector<Finding>& Watch::observe(std::shared_ptr<const Moment> moment) {
  const Moment& now = *moment;
  while (!moments_.empty() &&
         (now.monotonic - moments_.front()->monotonic > window || moments_.size() >= moments_max))
    moments_.pop_front();
  if (moments_.empty() || now.monotonic - moments_.back()->monotonic > gap_max)
    awake_since_ = now.monotonic;
  note_phases(now);
  note_minute(now);
  std::vector<std::int64_t> phase_since;
  phase_since.reserve(phases_.size());
  for (const Phase& phase : phases_) phase_since.push_back(phase.since_unix_ms);
  standing_ = judge({now, before(now.monotonic), minutes_, phase_since, awake_since_}, standing_);
  moments_.push_back(std::move(moment));
  return standing_;
}

const Moment* Watch::before(Instant now) const noexcept {
  if (moments_.empty() || now - moments_.front()->monotonic < window_least) return nullptr;
  return moments_.front().get();
}

void Watch::note_phases(const Moment& moment) {
  std::vector<Phase> phases;
  phases.reserve(moment.listeners.size());
  for (const management::ListenerState& listener : moment.listeners) {
    const auto known = std::find_if(phases_.begin(), phases_.end(), [&](const Phase& phase) {
      return phase.listener == listener.name && phase.phase == listener.phase;
    });
    phases.push_back({listener.name, listener.phase,
                      known == phases_.end() ? moment.unix_ms : known->since_unix_ms});
  }
  phases_ = std::move(phases);
}

void Watch::note_minute(const Moment& moment) {
  if (minute_open_ && moment.monotonic - minute_began_ >= minute_length) {
    if (minutes_.size() == minutes_max) minutes_.erase(minutes_.begin());
    minutes_.push_back(minute_);
    minute_open_ = false;
  }
  if (!minute_open_) {
    minute_ = {std::numeric_limits<std::uint32_t>::max(), 0};
    minute_began_ = moment.monotonic;
    minute_open_ = true;
  }
  minute_.handles_min = std::min(minute_.handles_min, moment.service.handles);
  minute_.connections_max = std::max(minute_.connections_max, connections_of(moment));
}

}  // namespace overlap::findings
