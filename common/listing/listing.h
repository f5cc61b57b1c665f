// One page of a folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace overlap::listing {

enum class SortKey : std::uint8_t { name, size, modified };

struct ListRequest {
  SortKey sort = SortKey::name;
  bool descending = false;
  std::string after{};          // where the page before ended: its `next`; empty: the first page
  std::size_t entries_max = 0;  // at least 1
};

struct ListEntry {
  std::string name;  // UTF-8, one segment that parse_url_path() accepts
  bool folder = false;
  std::uint64_t size = 0;  // bytes; 0 for a folder
  std::int64_t modified_unix_seconds = 0;
};

struct Listing {
  std::vector<ListEntry> entries{};  // in the order asked for; folders before files
  std::string next{};                // `after` of the next page; empty: this is the last
};

}  // namespace overlap::listing
