// The framing of a multipart/byteranges body (RFC 9110, section 14.6; RFC 2046, section 5.1.1):
// part_head(0), bytes of part 0, part_head(1), ..., closing().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/protocol/one_or_more.h"
#include "common/protocol/range.h"

namespace overlap::protocol {

// RFC 2046, 5.1.1: a boundary has 1 to 70 characters. Ours are letters, digits and '-'.
inline constexpr std::size_t boundary_bytes_max = 70;

class MultipartRanges {
 public:
  // The boundary should be one that the file does not contain: made of something that its author
  // could not know. Throws std::bad_alloc.
  MultipartRanges(OneOrMore<ByteRange> parts, std::uint64_t file_bytes,
                  std::string_view content_type, std::string_view boundary);

  std::size_t count() const noexcept { return parts_.size(); }
  const ByteRange& part(std::size_t i) const noexcept { return parts_[i]; }

  // Of the whole body, all parts and their framing.
  std::uint64_t content_length() const noexcept { return content_length_; }
  // For the response: "multipart/byteranges; boundary=...". Valid while this lives.
  std::string_view content_type() const noexcept { return type_; }

  // From the CRLF that ends the part before it to the empty line. Valid until the next call.
  // Allocates nothing.
  std::string_view part_head(std::size_t i);
  // Valid while this lives.
  std::string_view closing() const noexcept { return closing_; }

 private:
  OneOrMore<ByteRange> parts_;
  std::string prefix_;  // of every part head, up to the offset
  std::string suffix_;  // of every part head, from the '/' on
  std::string closing_;
  std::string type_;
  std::string text_;
  std::uint64_t content_length_ = 0;
};

}  // namespace overlap::protocol
