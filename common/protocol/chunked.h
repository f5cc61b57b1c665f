// A strict decoder of the chunked transfer coding (RFC 9112, section 7.1). Decodes in place: the
// data of all chunks in a piece of input ends up at its beginning, in one run.
//
// Stricter than the grammar on purpose: chunk extensions are refused (nobody sends them to a file
// server but to hide a second request), and so is every line that does not end in CRLF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/protocol/head_scan.h"

namespace overlap::protocol {

inline constexpr std::size_t chunk_size_digits_max = 16;  // what 64 bits hold; leading zeros count
inline constexpr std::size_t trailer_bytes_max = 4096;    // all trailer lines; they are dropped

class ChunkedDecoder {
 public:
  enum class Status : unsigned char { more, done, refused };
  struct Decoded {
    Status status = Status::more;
    std::size_t data_bytes = 0;  // now at the beginning of the input
    std::size_t consumed = 0;    // of the input as it was; what follows the body is left alone
  };

  // Refuses with 413 a body of more than `body_bytes_max`, by the chunk size that would exceed it.
  explicit ChunkedDecoder(std::uint64_t body_bytes_max) noexcept : limit_(body_bytes_max) {}

  // Nothing may be called after `done` or `refused` was returned.
  Decoded decode(std::span<std::byte> input) noexcept;

  std::uint64_t data_bytes() const noexcept { return total_; }  // announced by chunk sizes so far
  const Refusal& refusal() const noexcept { return refusal_; }  // once refused

 private:
  enum class Place : unsigned char {
    size,
    size_line_feed,
    data,
    data_return,
    data_line_feed,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_line_feed,
    last_line_feed,
  };

  Status refuse(int status, std::string_view sentence) noexcept;
  Status expect(char c, char expected, Place next) noexcept;
  Status step(char c) noexcept;
  Status step_size(char c) noexcept;
  Status step_trailer(char c) noexcept;

  Refusal refusal_;
  std::uint64_t limit_;
  std::uint64_t total_ = 0;
  std::uint64_t chunk_ = 0;  // the size being read, then what is left of the chunk
  std::size_t digits_ = 0;
  std::size_t trailer_bytes_ = 0;
  Place place_ = Place::size;
};

}  // namespace overlap::protocol
