// Where a page of a listing ended. Internal to listings: what clients see of it is opaque.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/listing/listing.h"

namespace overlap::listing {

// What an entry is ordered by.
struct EntryView {
  std::string_view name;
  bool folder = false;
  std::uint64_t size = 0;
  std::int64_t modified_unix_seconds = 0;
};

constexpr EntryView view_of(const ListEntry& entry) noexcept {
  return {entry.name, entry.folder, entry.size, entry.modified_unix_seconds};
}

// The last entry of a page, with everything that an order may ask for: one cursor serves every
// order, so that none can be used with the wrong one.
struct Cursor {
  std::string name;
  bool folder = false;
  std::uint64_t size = 0;
  std::int64_t modified_unix_seconds = 0;

  EntryView view() const noexcept { return {name, folder, size, modified_unix_seconds}; }
  bool operator==(const Cursor&) const = default;
};

// Of the letters, digits, '-' and '_' alone (base64url, RFC 4648, 5): needs no escape in a URL.
std::string to_text(const EntryView& last);

// Empty if the text is not one that to_text() makes.
std::optional<Cursor> parse_cursor(std::string_view text);

}  // namespace overlap::listing
