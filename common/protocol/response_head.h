// Builds the head of a response (RFC 9112, section 4) in a fixed buffer: no allocation per
// response.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace overlap::protocol {

// More than the longest head that the service sends; a test builds that one. Nearly all of it is
// the name of a file, three bytes for each byte, in Content-Disposition.
inline constexpr std::size_t response_head_bytes_max = 4096;

class ResponseHead {
 public:
  // Begins a new head, forgetting the old one.
  ResponseHead& begin(int status) noexcept;
  // A name that is no token or a value with a control character would let whoever chose it begin a
  // header or a body of his own: nothing is added, and the head counts as overflowed.
  ResponseHead& add(std::string_view name, std::string_view value) noexcept;
  ResponseHead& add(std::string_view name, std::uint64_t value) noexcept;
  // "Content-Range: bytes 0-99/1000".
  ResponseHead& add_content_range(std::uint64_t offset, std::uint64_t count,
                                  std::uint64_t size) noexcept;
  // The empty line. Nothing may be added after it.
  void end() noexcept;

  int status() const noexcept { return status_; }
  // A header did not fit or was no header: the head must not be sent.
  bool overflowed() const noexcept { return overflowed_; }
  // Valid until the next begin().
  std::string_view text() const noexcept { return {text_.data(), length_}; }
  std::span<const std::byte> bytes() const noexcept {
    return std::as_bytes(std::span<const char>(text_.data(), length_));
  }

 private:
  void put(std::string_view text) noexcept;
  void put(std::uint64_t value) noexcept;
  bool put_name(std::string_view name) noexcept;

  std::array<char, response_head_bytes_max> text_;
  std::size_t length_ = 0;
  int status_ = 0;
  bool overflowed_ = false;
};

}  // namespace overlap::protocol
