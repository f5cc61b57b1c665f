#include "service/store/digest_cache.h"

namespace overlap::store {

std::size_t DigestCache::KeyHash::operator()(const Key& key) const noexcept {
  // The identity alone would do but for files that are written again and again.
  const std::uint64_t mixed = (key.file_id ^ key.modified_ticks * 0x9E3779B97F4A7C15) +
                              key.size * 31 + static_cast<std::uint64_t>(key.algorithm);
  return static_cast<std::size_t>(mixed ^ (mixed >> 29));
}

DigestCache::Key DigestCache::key_of(const FileInfo& file,
                                     protocol::DigestAlgorithm algorithm) noexcept {
  return {file.file_id, file.modified_ticks, file.size, algorithm};
}

std::optional<protocol::Digest> DigestCache::find(const FileInfo& file,
                                                  protocol::DigestAlgorithm algorithm) {
  const std::lock_guard hold(mutex_);
  const auto found = places_.find(key_of(file, algorithm));
  if (found == places_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->digest;
}

void DigestCache::remember(const FileInfo& file, const protocol::Digest& digest) {
  const Key key = key_of(file, digest.algorithm);
  const std::lock_guard hold(mutex_);
  if (const auto found = places_.find(key); found != places_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    found->second->digest = digest;
    return;
  }
  entries_.push_front({key, digest});
  places_.emplace(key, entries_.begin());
  if (entries_.size() > entries_max) {
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

std::size_t DigestCache::size() const {
  const std::lock_guard hold(mutex_);
  return entries_.size();
}

}  // namespace overlap::store
