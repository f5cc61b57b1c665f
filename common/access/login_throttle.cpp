#include "common/access/login_throttle.h"

#include <algorithm>

namespace overlap::access {
namespace {

// The doublings of the wait that reach its most.
constexpr unsigned doublings_max = 4;
static_assert(LoginThrottle::wait_first * (1 << doublings_max) == LoginThrottle::wait_max);

bool is_notable(std::uint64_t count) noexcept {
  while (count > LoginThrottle::notable_failures && count % 10 == 0) count /= 10;
  return count == LoginThrottle::notable_failures;
}

}  // namespace

LoginThrottle::Failure LoginThrottle::failed(const ClientNetwork& client, Instant now) {
  auto place = places_.find(client);
  if (place == places_.end()) {
    if (entries_.size() == clients_max) {
      places_.erase(entries_.back().client);
      entries_.pop_back();
    }
    entries_.push_front({client, 0, 0, now, now});
    try {
      place = places_.emplace(client, entries_.begin()).first;
    } catch (...) {
      entries_.pop_front();
      throw;
    }
  } else {
    entries_.splice(entries_.begin(), entries_, place->second);
  }
  Entry& entry = *place->second;
  // One doubling goes with each interval without a failure, and the count with the last of them.
  const auto quiet = (std::max(now, entry.last) - entry.last) / decay;
  if (quiet > static_cast<std::int64_t>(entry.doublings)) entry = {client, 0, 0, now, now};
  entry.doublings -= static_cast<unsigned>(std::min<std::int64_t>(quiet, entry.doublings));
  entry.last = std::max(now, entry.last);
  ++entry.count;
  const Failure failure{wait_first * (1 << entry.doublings), entry.count, is_notable(entry.count)};
  entry.doublings = std::min(entry.doublings + 1, doublings_max);
  entry.held_until = std::max(entry.held_until, now + std::min(failure.wait, held_back_max));
  return failure;
}

Instant LoginThrottle::held_back(const ClientNetwork& client, Instant now) const noexcept {
  const auto place = places_.find(client);
  if (place == places_.end()) return Instant::zero();
  return std::max(place->second->held_until - now, Instant::zero());
}

void LoginThrottle::succeeded(const ClientNetwork& client) noexcept {
  const auto place = places_.find(client);
  if (place == places_.end()) return;
  entries_.erase(place->second);
  places_.erase(place);
}

}  // namespace overlap::access
