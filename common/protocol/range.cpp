#include "common/protocol/range.h"

#include <algorithm>
#include <limits>

#include "common/protocol/grammar.h"

namespace overlap::protocol {
namespace {

// A position that does not fit lies behind the end of every file, and so does the largest that
// fits.
std::optional<std::uint64_t> parse_position(std::string_view text) noexcept {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  return parse_decimal(text).value_or(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace

std::optional<RangeRequest> parse_range(std::string_view field) noexcept {
  const std::size_t equals = field.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  if (!equals_ignoring_case(field.substr(0, equals), "bytes")) return std::nullopt;
  const std::string_view set = trimmed(field.substr(equals + 1));
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

std::optional<ByteRange> apply(const RangeRequest& range, std::uint64_t size) noexcept {
  if (range.suffix) {
    const std::uint64_t count = std::min(range.last, size);
    if (count == 0) return std::nullopt;
    return ByteRange{size - count, count};
  }
  if (range.first >= size) return std::nullopt;
  return ByteRange{range.first, std::min(range.last, size - 1) - range.first + 1};
}

}  // namespace overlap::protocol
