// Failed log-ins, counted for each client network: guessing gets slow, mistyping does not hurt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>

#include "common/access/client_network.h"
#include "common/time.h"

namespace overlap::access {

// After each failure the client waits: its refusal is to be held back so long. And for a second at
// most none of its connections gets another password hashed (held_back), so that many connections
// guess no faster; not for longer, since a network may be a proxy or a whole office, of which one
// who guesses must not lock the others out. Not thread-safe.
class LoginThrottle {
 public:
  static constexpr std::size_t clients_max = 4096;  // past it the one that failed longest ago goes
  static constexpr Instant wait_first = std::chrono::milliseconds(500);
  static constexpr Instant wait_max = std::chrono::seconds(8);  // doubled up to this
  static constexpr Instant held_back_max = std::chrono::seconds(1);
  // So long without a failure takes one doubling back; who has none left is forgotten.
  static constexpr Instant decay = std::chrono::minutes(1);
  static constexpr std::uint64_t notable_failures = 10;

  struct Failure {
    Instant wait{};           // from `now` on
    std::uint64_t count = 0;  // failures of the client since it was forgotten last, this included
    bool notable = false;     // the count is 10, 100, 1000 ...: an operator should hear of it
  };
  Failure failed(const ClientNetwork& client, Instant now);
  // When the next password may be hashed, from `now` on; zero: at once. Asking changes nothing.
  Instant held_back(const ClientNetwork& client, Instant now) const noexcept;
  // Forgets the failures of the client.
  void succeeded(const ClientNetwork& client) noexcept;
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct Entry {
    ClientNetwork client;
    unsigned doublings = 0;  // of the wait of the next failure
    std::uint64_t count = 0;
    Instant last{};
    Instant held_until{};
  };

  std::list<Entry> entries_;  // the one that failed last comes first
  std::map<ClientNetwork, std::list<Entry>::iterator> places_;
};

}  // namespace overlap::access
