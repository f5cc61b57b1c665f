#include "common/access/login_throttle.h"

#include <algorithm>

#include "common/config/address.h"

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

LoginThrottle::Key LoginThrottle::key_of(std::string_view address) noexcept {
  Key key{};
  const auto parsed = config::parse_address(address);
  if (!parsed) return key;  // they share one entry
  constexpr std::size_t v4_bytes = 4;
  constexpr std::size_t network_bytes = 8;
  constexpr std::size_t mapped_at = 12;
  const auto& bytes = parsed->bytes;
  const bool v4 = !parsed->v6 || parsed->is_mapped_ipv4();
  key.front() = v4 ? 4 : 6;
  const auto from = bytes.begin() + (parsed->v6 && v4 ? mapped_at : 0);
  std::copy_n(from, v4 ? v4_bytes : network_bytes, key.begin() + 1);
  return key;
}

LoginThrottle::Failure LoginThrottle::failed(std::string_view address, Instant now) {
  const Key key = key_of(address);
  auto place = places_.find(key);
  if (place == places_.end()) {
    if (entries_.size() == addresses_max) {
      places_.erase(entries_.back().key);
      entries_.pop_back();
    }
    entries_.push_front({key, 0, 0, now});
    try {
      place = places_.emplace(key, entries_.begin()).first;
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
  if (quiet > static_cast<std::int64_t>(entry.doublings)) entry = {key, 0, 0, now};
  entry.doublings -= static_cast<unsigned>(std::min<std::int64_t>(quiet, entry.doublings));
  entry.last = std::max(now, entry.last);
  ++entry.count;
  const Failure failure{wait_first * (1 << entry.doublings), entry.count, is_notable(entry.count)};
  entry.doublings = std::min(entry.doublings + 1, doublings_max);
  return failure;
}

void LoginThrottle::succeeded(std::string_view address) noexcept {
  const auto place = places_.find(key_of(address));
  if (place == places_.end()) return;
  entries_.erase(place->second);
  places_.erase(place);
}

}  // namespace overlap::access
