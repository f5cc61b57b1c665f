#include "common/listing/page_builder.h"

#include <algorithm>
#include <utility>

namespace overlap::listing {
namespace {

constexpr char folded(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Below, equal or above 0, as with memcmp().
int compare_names(std::string_view left, std::string_view right) noexcept {
  const auto common = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto l = static_cast<unsigned char>(folded(left[i]));
    const auto r = static_cast<unsigned char>(folded(right[i]));
    if (l != r) return l < r ? -1 : 1;
  }
  if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
  return left.compare(right);
}

template <class Number>
constexpr int compare(Number left, Number right) noexcept {
  return left < right ? -1 : (left > right ? 1 : 0);
}

int compare_keys(SortKey key, const EntryView& left, const EntryView& right) noexcept {
  switch (key) {
    case SortKey::size: return compare(left.size, right.size);
    case SortKey::modified: return compare(left.modified_unix_seconds, right.modified_unix_seconds);
    case SortKey::name: break;
  }
  return compare_names(left.name, right.name);
}

}  // namespace

bool EntryOrder::before(const EntryView& left, const EntryView& right) const noexcept {
  if (left.folder != right.folder) return left.folder;
  const int by_key = compare_keys(key_, left, right);
  if (by_key != 0) return descending_ ? by_key > 0 : by_key < 0;
  return compare_names(left.name, right.name) < 0;
}

PageBuilder::PageBuilder(const ListRequest& request)
    : order_(request.sort, request.descending),
      entries_max_(std::max<std::size_t>(request.entries_max, 1)),
      after_(parse_cursor(request.after)) {}

void PageBuilder::offer(std::string_view name, bool folder, std::uint64_t size,
                        std::int64_t modified_unix_seconds) {
  const EntryView offered{name, folder, folder ? 0 : size, modified_unix_seconds};
  if (after_ && !order_.before(after_->view(), offered)) return;

  const auto before = [this](const ListEntry& left, const ListEntry& right) {
    return order_.before(view_of(left), view_of(right));
  };
  if (entries_.size() == entries_max_) {
    dropped_ = true;
    if (!order_.before(offered, view_of(entries_.front()))) return;
    std::pop_heap(entries_.begin(), entries_.end(), before);
    entries_.pop_back();
  }
  entries_.push_back({std::string(name), folder, offered.size, modified_unix_seconds});
  std::push_heap(entries_.begin(), entries_.end(), before);
}

Listing PageBuilder::finish() {
  std::sort_heap(entries_.begin(), entries_.end(),
                 [this](const ListEntry& left, const ListEntry& right) {
                   return order_.before(view_of(left), view_of(right));
                 });
  Listing listing;
  if (dropped_) listing.next = to_text(view_of(entries_.back()));
  listing.entries = std::move(entries_);
  return listing;
}

}  // namespace overlap::listing
