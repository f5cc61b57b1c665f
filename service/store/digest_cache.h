// Digests of files as they were: a file that was changed or replaced has another identity, time or
// size, so nothing here is ever wrong, only forgotten.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "common/transfer/action.h"

namespace overlap::store {

// Thread-safe: any worker may ask, for an answer that it needs before it goes on.
class DigestCache {
 public:
  static constexpr std::size_t entries_max = 4096;

  std::optional<protocol::Digest> find(const FileInfo& file, protocol::DigestAlgorithm algorithm);
  // Forgets the one that was used the longest ago if there is no room.
  void remember(const FileInfo& file, const protocol::Digest& digest);
  std::size_t size() const;

 private:
  struct Key {
    std::uint64_t file_id;
    std::uint64_t modified_ticks;
    std::uint64_t size;
    protocol::DigestAlgorithm algorithm;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  struct Entry {
    Key key;
    protocol::Digest digest;
  };
  static Key key_of(const FileInfo& file, protocol::DigestAlgorithm algorithm) noexcept;

  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // the last used in front
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> places_;
};

}  // namespace overlap::store
