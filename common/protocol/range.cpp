#include "common/protocol/range.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "common/protocol/grammar.h"

namespace overlap::protocol {
namespace {

// A position that does not fit lies behind the end of every file, and so does the largest that
// fits.
std::optional<std::uint64_t> parse_position(std::string_view text) noexcept {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  return parse_decimal(text).value_or(std::numeric_limits<std::uint64_t>::max());
}

// What follows "bytes="; nothing if there is another unit or none.
std::optional<std::string_view> byte_range_set(std::string_view field) noexcept {
  const std::size_t equals = field.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  if (!equals_ignoring_case(field.substr(0, equals), "bytes")) return std::nullopt;
  return trimmed(field.substr(equals + 1));
}

std::optional<RangeRequest> parse_range_spec(std::string_view set) noexcept {
  const std::size_t dash = set.find('-');
  if (dash == std::string_view::npos) return std::nullopt;

  const std::string_view first_text = set.substr(0, dash);
  const std::string_view last_text = set.substr(dash + 1);
  const std::optional<std::uint64_t> last = parse_position(last_text);
  if (first_text.empty()) {
    if (!last) return std::nullopt;
    return RangeRequest{true, 0, *last};
  }
  const std::optional<std::uint64_t> first = parse_position(first_text);
  if (!first) return std::nullopt;
  if (last_text.empty())
    return RangeRequest{false, *first, std::numeric_limits<std::uint64_t>::max()};
  if (!last || *last < *first) return std::nullopt;
  return RangeRequest{false, *first, *last};
}

// A part, and the place of the first range that it came from.
struct Placed {
  ByteRange part;
  std::size_t place = 0;
};

// Whether the later part begins within the other or at most a small gap behind it.
bool close_together(const ByteRange& a, const ByteRange& later) noexcept {
  return later.offset < a.offset + a.count ||
         later.offset - (a.offset + a.count) < part_gap_bytes_min;
}

void coalesce(std::vector<Placed>& placed) {
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.part.offset < b.part.offset; });
  std::size_t kept = 0;
  for (const Placed& next : placed) {
    if (kept == 0 || !close_together(placed[kept - 1].part, next.part)) {
      placed[kept++] = next;
      continue;
    }
    Placed& last = placed[kept - 1];
    const std::uint64_t end =
        std::max(last.part.offset + last.part.count, next.part.offset + next.part.count);
    last.part.count = end - last.part.offset;
    last.place = std::min(last.place, next.place);
  }
  placed.resize(kept);
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.place < b.place; });
}

// Nothing if no byte of the file is in the range.
std::optional<ByteRange> apply(const RangeRequest& range, std::uint64_t size) noexcept {
  if (range.suffix) {
    const std::uint64_t count = std::min(range.last, size);
    if (count == 0) return std::nullopt;
    return ByteRange{size - count, count};
  }
  if (range.first >= size) return std::nullopt;
  return ByteRange{range.first, std::min(range.last, size - 1) - range.first + 1};
}

}  // namespace

std::optional<OneOrMore<RangeRequest>> parse_ranges(std::string_view field) {
  const auto set = byte_range_set(field);
  if (!set) return std::nullopt;
  OneOrMore<RangeRequest> ranges;
  std::string_view rest = *set;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view member = trimmed(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    if (member.empty()) continue;  // RFC 9110, 5.6.1.2
    const auto range = parse_range_spec(member);
    if (!range || ranges.size() == ranges_max) return std::nullopt;
    ranges.push_back(*range);
  }
  if (ranges.empty()) return std::nullopt;
  return ranges;
}

OneOrMore<ByteRange> resolve(const OneOrMore<RangeRequest>& ranges, std::uint64_t size) {
  OneOrMore<ByteRange> parts;
  if (ranges.size() == 1) {
    if (const auto part = apply(ranges[0], size)) parts.push_back(*part);
    return parts;
  }
  std::vector<Placed> placed;
  placed.reserve(ranges.size());
  for (const RangeRequest& range : ranges) {
    if (const auto part = apply(range, size)) placed.push_back({*part, placed.size()});
  }
  coalesce(placed);
  for (const Placed& one : placed) parts.push_back(one.part);
  return parts;
}

}  // namespace overlap::protocol
