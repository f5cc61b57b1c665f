#include "common/access/credential_cache.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <new>
#include <utility>

#include "common/digest/crypto_library.h"
#include "common/digest/secrets.h"

namespace overlap::access {
namespace {

std::string key_of(const ClientNetwork& client, std::string_view name) {
  std::string key(client.bytes.begin(), client.bytes.end());
  return key.append(name);
}

}  // namespace

CredentialCache::CredentialCache() { random_bytes(secret_); }

CredentialCache::~CredentialCache() { wipe(secret_); }

// The network has a fixed length, and no name holds a NUL (check_user_name): two that differ never
// read the same.
CredentialCache::Proof CredentialCache::prove(std::string key, std::string_view password) const {
  key.reserve(key.size() + 1 + password.size());
  key.append(1, '\0').append(password);
  Proof proof{};
  unsigned size = 0;
  const auto* made = HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
                          reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                          reinterpret_cast<unsigned char*>(proof.data()), &size);
  if (made == nullptr) throw std::bad_alloc();
  return proof;
}

Identity CredentialCache::find(const ClientNetwork& client, std::string_view name,
                               std::string_view password, Instant now) {
  std::string key = key_of(client, name);
  const auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  const auto entry = place->second;
  if (now >= entry->expires) {
    places_.erase(place);
    entries_.erase(entry);
    return nullptr;
  }
  if (now >= entry->guesses_end) entry->guesses = 0;
  if (entry->guesses == guesses_max) return nullptr;
  if (!equal_in_constant_time(prove(std::move(key), password), entry->proof)) {
    if (entry->guesses++ == 0) entry->guesses_end = now + guessing_time;
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->user;
}

void CredentialCache::remember(const ClientNetwork& client, std::string_view name,
                               std::string_view password, Identity user, Instant now) {
  std::string key = key_of(client, name);
  const Proof proof = prove(key, password);
  const Instant expires = now + lifetime;
  if (const auto place = places_.find(key); place != places_.end()) {
    Entry& entry = *place->second;
    entry.proof = proof;
    entry.user = std::move(user);
    entry.expires = expires;
    entries_.splice(entries_.begin(), entries_, place->second);
    return;
  }
  if (entries_.size() == entries_max) {
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({std::move(key), proof, std::move(user), expires});
  try {
    places_.emplace(entries_.front().key, entries_.begin());
  } catch (...) {
    entries_.pop_front();
    throw;
  }
}

void CredentialCache::clear() noexcept {
  places_.clear();
  entries_.clear();
}

}  // namespace overlap::access
