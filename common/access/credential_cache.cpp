#include "common/access/credential_cache.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "common/digest/crypto_library.h"
#include "common/digest/secrets.h"

namespace overlap::access {

std::size_t CredentialCache::StartOfKey::operator()(const Key& key) const noexcept {
  std::size_t start = 0;  // as good as any hash: nobody outside can choose it
  std::memcpy(&start, key.data(), sizeof start);
  return start;
}

CredentialCache::CredentialCache() { random_bytes(secret_); }

CredentialCache::~CredentialCache() { wipe(secret_); }

CredentialCache::Key CredentialCache::key_of(std::string_view name,
                                             std::string_view password) const {
  // No name holds a NUL (check_user_name), so two pairs never read the same.
  std::string both;
  both.reserve(name.size() + 1 + password.size());
  both.append(name).append(1, '\0').append(password);
  Key key{};
  unsigned size = 0;
  const auto* made = HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
                          reinterpret_cast<const unsigned char*>(both.data()), both.size(),
                          reinterpret_cast<unsigned char*>(key.data()), &size);
  if (made == nullptr) throw std::bad_alloc();
  return key;
}

Identity CredentialCache::find(std::string_view name, std::string_view password, Instant now) {
  const auto place = places_.find(key_of(name, password));
  if (place == places_.end()) return nullptr;
  const auto entry = place->second;
  if (now >= entry->expires) {
    places_.erase(place);
    entries_.erase(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->user;
}

void CredentialCache::remember(std::string_view name, std::string_view password, Identity user,
                               Instant now) {
  const Key key = key_of(name, password);
  if (const auto place = places_.find(key); place != places_.end()) {
    entries_.erase(place->second);
    places_.erase(place);
  } else if (entries_.size() == entries_max) {
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({key, std::move(user), now + lifetime});
  try {
    places_.emplace(key, entries_.begin());
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
