// Failed log-ins, counted for each address: guessing gets slow, mistyping does not hurt.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string_view>

#include "common/time.h"

namespace overlap::access {

// Not thread-safe.
class LoginThrottle {
 public:
  static constexpr std::size_t addresses_max =
      4096;  // past it the one that failed longest ago goes
  static constexpr Instant wait_first = std::chrono::milliseconds(500);
  static constexpr Instant wait_max = std::chrono::seconds(8);  // doubled up to this
  // So long without a failure takes one doubling back; who has none left is forgotten.
  static constexpr Instant decay = std::chrono::minutes(1);
  static constexpr std::uint64_t notable_failures = 10;

  struct Failure {
    Instant wait{};           // how long the refusal is to be held back
    std::uint64_t count = 0;  // failures of the address since it was forgotten last, this included
    bool notable = false;     // the count is 10, 100, 1000 ...: an operator should hear of it
  };
  // `address` as PeerInfo has it. An IPv6 address stands for its first 64 bits, since whoever has
  // one has all of those (RFC 6177).
  Failure failed(std::string_view address, Instant now);
  // Forgets the failures of the address.
  void succeeded(std::string_view address) noexcept;
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  using Key = std::array<std::uint8_t, 17>;
  struct Entry {
    Key key;
    unsigned doublings = 0;  // of the wait of the next failure
    std::uint64_t count = 0;
    Instant last{};
  };
  static Key key_of(std::string_view address) noexcept;

  std::list<Entry> entries_;  // the one that failed last comes first
  std::map<Key, std::list<Entry>::iterator> places_;
};

}  // namespace overlap::access
