// A single byte range of a GET (RFC 9110, section 14).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace overlap::protocol {

// What a Range field asks for, before the size of the file is known.
struct RangeRequest {
  bool suffix = false;      // the last `last` bytes instead of first..last
  std::uint64_t first = 0;  // unless suffix
  std::uint64_t last = 0;   // inclusive; UINT64_MAX: to the end
};

// Nothing if the field must be ignored and the whole file sent: another unit, a malformed value, or
// several ranges, which a server may answer as a whole (RFC 9110, 14.2).
std::optional<RangeRequest> parse_range(std::string_view field) noexcept;

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t count = 0;  // at least 1
};

// Nothing if no byte of the file is in the range: 416.
std::optional<ByteRange> apply(const RangeRequest& range, std::uint64_t size) noexcept;

}  // namespace overlap::protocol
