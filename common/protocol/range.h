// Byte ranges of a GET (RFC 9110, section 14).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/protocol/one_or_more.h"

namespace overlap::protocol {

// More ranges than this in one request are no reader's wish: the field is ignored (RFC 9110, 14.2
// allows it, and 17.15 says why).
inline constexpr std::size_t ranges_max = 200;
// Two parts with a smaller gap between them are sent as one: the head of a part costs about as
// much.
inline constexpr std::uint64_t part_gap_bytes_min = 80;

// What a Range field asks for, before the size of the file is known.
struct RangeRequest {
  bool suffix = false;      // the last `last` bytes instead of first..last
  std::uint64_t first = 0;  // unless suffix
  std::uint64_t last = 0;   // inclusive; UINT64_MAX: to the end
};

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t count = 0;  // at least 1

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// 1..ranges_max ranges. Nothing if the field must be ignored and the whole file sent: another unit,
// a malformed value, or too many ranges. Allocates from the second range on: throws std::bad_alloc.
std::optional<OneOrMore<RangeRequest>> parse_ranges(std::string_view field);

// What is to be sent of a file of `size` bytes. Empty: no byte of it is asked for, 416. One part:
// 206 with Content-Range. Several: multipart/byteranges.
//
// Ranges without a byte of the file are dropped. Those that overlap, touch, or leave a gap below
// part_gap_bytes_min become one, which takes the place of the first of them; the others keep the
// order in which they were asked for (RFC 9110, 15.3.7.2). No byte is sent twice, so the parts
// together are never longer than the file. Throws std::bad_alloc if there are several.
OneOrMore<ByteRange> resolve(const OneOrMore<RangeRequest>& ranges, std::uint64_t size);

}  // namespace overlap::protocol
