// The connections of a listener: how many there are, of whom, and how many there may be.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>

#include "common/access/client_network.h"

namespace overlap::server {

// Thread-safe. Addresses as PeerInfo has them; an IPv6 network of 64 bits counts as one
// (client_network).
class Places {
 public:
  struct Limits {
    std::size_t connections_max = 0;
    std::size_t per_address_max = 0;
  };
  struct Counts {
    std::size_t now = 0;
    std::size_t peak = 0;
    std::uint64_t total = 0;     // that got a place, since the start
    std::uint64_t rejected = 0;  // that found none; not those that came during a pause
  };
  enum class Taken : std::uint8_t {
    yes,
    none_left,
    none_for_address,
  };

  explicit Places(const Limits& limits) : limits_(limits) {}

  // Those that have a place keep it, also beyond the new limits.
  void limit(const Limits& limits) noexcept {
    const std::lock_guard hold(mutex_);
    limits_ = limits;
  }

  // Throws std::bad_alloc.
  Taken take(std::string_view address) {
    const access::ClientNetwork client = access::client_network(address);
    const std::lock_guard hold(mutex_);
    if (counts_.now >= limits_.connections_max) return Taken::none_left;
    std::size_t& taken = taken_[client];
    if (taken >= limits_.per_address_max) {
      if (taken == 0) taken_.erase(client);
      return Taken::none_for_address;
    }
    ++taken;
    ++counts_.total;
    counts_.peak = std::max(counts_.peak, ++counts_.now);
    return Taken::yes;
  }
  // Of an address that has one.
  void leave(std::string_view address) noexcept {
    const access::ClientNetwork client = access::client_network(address);
    const std::lock_guard hold(mutex_);
    --counts_.now;
    const auto found = taken_.find(client);
    if (found != taken_.end() && --found->second == 0) taken_.erase(found);
  }
  // In the place of leave(), of one that could not be carried after all: it never had one.
  void give_back(std::string_view address) noexcept {
    leave(address);
    const std::lock_guard hold(mutex_);
    --counts_.total;
  }
  void rejected() noexcept {
    const std::lock_guard hold(mutex_);
    ++counts_.rejected;
  }

  Counts counts() const noexcept {
    const std::lock_guard hold(mutex_);
    return counts_;
  }
  std::size_t taken() const noexcept { return counts().now; }

 private:
  // The thread that accepts takes, and whichever shard carried the connection gives back: no thread
  // is common to both. Once per connection, not per operation.
  mutable std::mutex mutex_;
  Limits limits_;
  Counts counts_;
  std::map<access::ClientNetwork, std::size_t> taken_;
};

}  // namespace overlap::server
