// Keeps a cancel away from the wrong operation, where a model's threads share connections.
#pragma once

#include <atomic>

namespace overlap::server {

// For models whose threads own their connections: nothing to guard.
template <bool shared>
class Guard {
 public:
  void lock() noexcept {}
  void unlock() noexcept {}
};

// Posting is not enough here: between the moment a tick has seen a deadline pass and its cancel,
// another thread could complete the operation and start the next one, which would be cancelled
// instead. A handler holds it for a few instructions, the tick for the time of one cancel, and both
// at once hardly ever; so it spins.
template <>
class Guard<true> {
 public:
  void lock() noexcept {
    while (taken_.test_and_set(std::memory_order_acquire)) {
    }
  }
  void unlock() noexcept { taken_.clear(std::memory_order_release); }

 private:
  std::atomic_flag taken_;
};

}  // namespace overlap::server
