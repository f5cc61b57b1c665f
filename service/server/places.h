// How many connections each client has, so that one cannot take all places.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string_view>

#include "common/access/client_network.h"

namespace overlap::server {

// Addresses as PeerInfo has them; an IPv6 network of 64 bits counts as one (client_network).
class AddressPlaces {
 public:
  explicit AddressPlaces(std::size_t places_max) : places_max_(places_max) {}

  // False if the address has all that it may have. Any thread. Throws std::bad_alloc.
  bool take(std::string_view address) {
    const access::ClientNetwork client = access::client_network(address);
    const std::lock_guard hold(mutex_);
    std::size_t& taken = taken_[client];
    if (taken >= places_max_) return false;
    ++taken;
    return true;
  }
  // Of an address that has one. Any thread.
  void leave(std::string_view address) noexcept {
    const access::ClientNetwork client = access::client_network(address);
    const std::lock_guard hold(mutex_);
    const auto found = taken_.find(client);
    if (found != taken_.end() && --found->second == 0) taken_.erase(found);
  }

 private:
  const std::size_t places_max_;
  // The thread that accepts takes, and whichever shard carried the connection gives back: no thread
  // is common to both. Once per connection, not per operation.
  std::mutex mutex_;
  std::map<access::ClientNetwork, std::size_t> taken_;
};

}  // namespace overlap::server
