// Entries of made-up folders, for the tests of listings.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "common/listing/listing.h"
#include "common/listing/page_builder.h"

namespace overlap::listing {

inline bool operator==(const ListEntry& left, const ListEntry& right) {
  return left.name == right.name && left.folder == right.folder && left.size == right.size &&
         left.modified_unix_seconds == right.modified_unix_seconds;
}
inline std::ostream& operator<<(std::ostream& out, const ListEntry& entry) {
  return out << (entry.folder ? "folder " : "file ") << entry.name << ' ' << entry.size << ' '
             << entry.modified_unix_seconds;
}

inline std::string lower(const std::string& name) {
  std::string text = name;
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) < 0x80) c = static_cast<char>(std::tolower(c));
  }
  return text;
}

// The order in other words than those of the product: a vector of keys, compared by the library.
inline void sort_whole(std::vector<ListEntry>& entries, SortKey key, bool descending) {
  std::sort(entries.begin(), entries.end(), [&](const ListEntry& a, const ListEntry& b) {
    if (a.folder != b.folder) return a.folder;
    const ListEntry& low = descending ? b : a;
    const ListEntry& high = descending ? a : b;
    if (key == SortKey::size && a.size != b.size) return low.size < high.size;
    if (key == SortKey::modified && a.modified_unix_seconds != b.modified_unix_seconds)
      return low.modified_unix_seconds < high.modified_unix_seconds;
    if (key == SortKey::name)
      return std::pair(lower(low.name), low.name) < std::pair(lower(high.name), high.name);
    return std::pair(lower(a.name), a.name) < std::pair(lower(b.name), b.name);
  });
}

// Few letters, sizes and times, so that names differ in their case alone and keys are often equal.
inline std::vector<ListEntry> random_folder(std::mt19937_64& random, std::size_t entries_max) {
  static const std::vector<std::string> letters{"a", "A", "b", "B", "z", "0", "_", "é", "한"};
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  std::set<std::string> names;
  for (std::size_t left = below(entries_max + 1); left > 0; --left) {
    std::string name;
    for (std::size_t length = 1 + below(4); length > 0; --length)
      name += letters[below(letters.size())];
    names.insert(name);
  }
  std::vector<ListEntry> entries;
  for (const auto& name : names) {
    const bool folder = below(3) == 0;
    entries.push_back(
        {name, folder, folder ? 0 : below(4), static_cast<std::int64_t>(below(4)) - 2});
  }
  std::shuffle(entries.begin(), entries.end(), random);
  return entries;
}

inline Listing page_of(const std::vector<ListEntry>& folder, const ListRequest& request) {
  PageBuilder builder(request);
  for (const auto& entry : folder)
    builder.offer(entry.name, entry.folder, entry.size, entry.modified_unix_seconds);
  return builder.finish();
}

}  // namespace overlap::listing
