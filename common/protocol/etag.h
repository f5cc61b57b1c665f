// The strong validator of a file (RFC 9110, 8.8.3): its identity on the volume, the time of its
// last change as the file system keeps it, and its size. A file that was replaced or changed has
// another one.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace overlap::protocol {

class EntityTag {
 public:
  EntityTag(std::uint64_t file_id, std::uint64_t modified_ticks, std::uint64_t size) noexcept {
    text_[length_++] = '"';
    put(file_id);
    text_[length_++] = '-';
    put(modified_ticks);
    text_[length_++] = '-';
    put(size);
    text_[length_++] = '"';
  }

  // With its quotes: "1a2b-1db3f0c5e2a4b80-400".
  std::string_view text() const noexcept { return {text_.data(), length_}; }

 private:
  void put(std::uint64_t value) noexcept {
    int shift = 60;
    while (shift > 0 && (value >> shift) == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) text_[length_++] = "0123456789abcdef"[(value >> shift) & 15];
  }

  std::array<char, 2 + 2 + 3 * 16> text_{};
  std::size_t length_ = 0;
};

}  // namespace overlap::protocol
