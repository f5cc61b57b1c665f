#include "common/protocol/multipart_ranges.h"

#include <utility>

namespace overlap::protocol {
namespace {

std::size_t decimal_digits(std::uint64_t value) noexcept {
  std::size_t digits = 1;
  for (; value >= 10; value /= 10) ++digits;
  return digits;
}

}  // namespace

MultipartRanges::MultipartRanges(OneOrMore<ByteRange> parts, std::uint64_t file_bytes,
                                 std::string_view content_type, std::string_view boundary)
    : parts_(std::move(parts)), suffix_("/" + std::to_string(file_bytes) + "\r\n\r\n") {
  const std::string delimiter = "\r\n--" + std::string(boundary);
  prefix_ =
      delimiter + "\r\nContent-Type: " + std::string(content_type) + "\r\nContent-Range: bytes ";
  closing_ = delimiter + "--\r\n";
  type_ = "multipart/byteranges; boundary=" + std::string(boundary);
  text_.reserve(prefix_.size() + 2 * 20 + 1 + suffix_.size());
  content_length_ = closing_.size();
  for (const ByteRange& part : parts_) {
    content_length_ += prefix_.size() + decimal_digits(part.offset) + 1 +
                       decimal_digits(part.offset + part.count - 1) + suffix_.size() + part.count;
  }
}

std::string_view MultipartRanges::part_head(std::size_t i) {
  const ByteRange& part = parts_[i];
  text_ = prefix_;
  text_ += std::to_string(part.offset);
  text_ += '-';
  text_ += std::to_string(part.offset + part.count - 1);
  text_ += suffix_;
  return text_;
}

}  // namespace overlap::protocol
