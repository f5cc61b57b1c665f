// Passwords that were found right a short time ago, so that scrypt is not paid for every request.
#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <string_view>
#include <unordered_map>

#include "common/access/user.h"
#include "common/time.h"

namespace overlap::access {

// Keeps neither passwords nor anything from which they could be guessed offline without the memory
// of this process: the key of an entry is HMAC-SHA-256 of name and password under a random key that
// lives and dies with the object. Wrong passwords are not kept: a flood of them would push the
// right ones out. Not thread-safe.
class CredentialCache {
 public:
  static constexpr std::size_t entries_max =
      1024;  // past it the one that was not used longest goes
  static constexpr Instant lifetime = std::chrono::minutes(10);  // since the password was verified

  // Throws std::runtime_error if there is no randomness.
  CredentialCache();
  ~CredentialCache();
  CredentialCache(const CredentialCache&) = delete;
  CredentialCache& operator=(const CredentialCache&) = delete;

  // Null if they are not known.
  Identity find(std::string_view name, std::string_view password, Instant now);
  void remember(std::string_view name, std::string_view password, Identity user, Instant now);
  void clear() noexcept;
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  using Key = std::array<std::byte, 32>;
  struct Entry {
    Key key;
    Identity user;
    Instant expires;
  };
  struct StartOfKey {
    std::size_t operator()(const Key& key) const noexcept;
  };
  Key key_of(std::string_view name, std::string_view password) const;

  Key secret_;
  std::list<Entry> entries_;  // the one used last comes first
  std::unordered_map<Key, std::list<Entry>::iterator, StartOfKey> places_;
};

}  // namespace overlap::access
