// Passwords that were found right a short time ago, so that scrypt is not paid for every request.
#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/access/client_network.h"
#include "common/access/user.h"
#include "common/time.h"

namespace overlap::access {

// Keeps neither passwords nor anything from which they could be guessed offline without the memory
// of this process: of a password it has HMAC-SHA-256 under a random key that lives and dies with
// the object. Wrong passwords are not kept: a flood of them would push the right ones out.
//
// It answers without a hash, so it must not be what a guesser asks: a password is known to the
// client network alone from which it was verified, and to that one for a few guesses at a time.
// Not thread-safe.
class CredentialCache {
 public:
  static constexpr std::size_t entries_max =
      1024;  // past it the one that was not used longest goes
  static constexpr Instant lifetime = std::chrono::minutes(10);  // since the password was verified
  // So many wrong passwords of a user who is remembered are compared in so long a time. Past them
  // nothing is known of that user, not the right password either, until the time is over.
  static constexpr unsigned guesses_max = 8;
  static constexpr Instant guessing_time = std::chrono::seconds(8);

  // Throws std::runtime_error if there is no randomness.
  CredentialCache();
  ~CredentialCache();
  CredentialCache(const CredentialCache&) = delete;
  CredentialCache& operator=(const CredentialCache&) = delete;

  // Null if they are not known. Throws std::bad_alloc, as does remember().
  Identity find(const ClientNetwork& client, std::string_view name, std::string_view password,
                Instant now);
  // In place of another password of the same user. A user who was remembered gets no guesses back.
  void remember(const ClientNetwork& client, std::string_view name, std::string_view password,
                Identity user, Instant now);
  void clear() noexcept;
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  using Proof = std::array<std::byte, 32>;
  struct Entry {
    std::string key;
    Proof proof;
    Identity user;
    Instant expires;
    unsigned guesses = 0;
    Instant guesses_end{};  // when they count no more; nothing without guesses
  };
  Proof prove(std::string key, std::string_view password) const;

  std::array<std::byte, 32> secret_;
  std::list<Entry> entries_;  // the one used last comes first
  // By the network of the client and the name of the user.
  std::unordered_map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace overlap::access
