// Picks one page out of the entries of a folder, offered in any order. Memory is bounded by the
// page, not by the folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/listing/cursor.h"
#include "common/listing/listing.h"

namespace overlap::listing {

// The order of a listing: folders before files whichever way it goes, then the key, then the name
// upwards. Names compare without case where they are ASCII, then byte by byte: a total order, so
// that no two entries of one folder are equal. A folder has no size of its own and counts as 0.
class EntryOrder {
 public:
  EntryOrder(SortKey key, bool descending) noexcept : key_(key), descending_(descending) {}
  bool before(const EntryView& left, const EntryView& right) const noexcept;

 private:
  SortKey key_;
  bool descending_;
};

class PageBuilder {
 public:
  // `request.after` is empty or a cursor that parse_list_query() has passed; anything else begins
  // at the first page. `request.entries_max` is at least 1.
  explicit PageBuilder(const ListRequest& request);

  // Each entry of the folder once. `name` is UTF-8 and one segment that parse_url_path() accepts;
  // it is copied if it is kept. Costs O(log entries_max), and no allocation for what is dropped.
  void offer(std::string_view name, bool folder, std::uint64_t size,
             std::int64_t modified_unix_seconds);

  // The first `entries_max` entries behind `after`. A page depends on the position of its cursor
  // alone: what was added or removed since the page before neither repeats nor hides any other
  // entry, and the entry that the cursor names need not exist any more. Call it once, at the end.
  Listing finish();

 private:
  EntryOrder order_;
  std::size_t entries_max_;
  std::optional<Cursor> after_;
  bool dropped_ = false;            // entries follow behind this page
  std::vector<ListEntry> entries_;  // a heap, the last in the order on top
};

}  // namespace overlap::listing
