// How many connections each client address has, so that one cannot take all places.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace overlap::server {

class AddressPlaces {
 public:
  explicit AddressPlaces(std::size_t places_max) : places_max_(places_max) {}

  // False if the address has all that it may have. Any thread. Throws std::bad_alloc.
  bool take(const std::string& address) {
    const std::lock_guard hold(mutex_);
    std::size_t& taken = taken_[address];
    if (taken >= places_max_) return false;
    ++taken;
    return true;
  }
  // Of an address that has one. Any thread.
  void leave(const std::string& address) noexcept {
    const std::lock_guard hold(mutex_);
    const auto found = taken_.find(address);
    if (found != taken_.end() && --found->second == 0) taken_.erase(found);
  }

 private:
  const std::size_t places_max_;
  // The thread that accepts takes, and whichever shard carried the connection gives back: no thread
  // is common to both. Once per connection, not per operation.
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> taken_;
};

}  // namespace overlap::server
