#include "common/protocol/chunked.h"

#include <algorithm>
#include <cstring>

#include "common/protocol/grammar.h"

namespace overlap::protocol {

ChunkedDecoder::Decoded ChunkedDecoder::decode(std::span<std::byte> input) noexcept {
  Decoded decoded;
  while (decoded.status == Status::more && decoded.consumed < input.size()) {
    if (place_ != Place::data) {
      decoded.status = step(static_cast<char>(input[decoded.consumed]));
      ++decoded.consumed;
      continue;
    }
    const std::size_t left = input.size() - decoded.consumed;
    const auto run = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_, left));
    // The data moves towards the beginning, over framing that has been read.
    std::memmove(input.data() + decoded.data_bytes, input.data() + decoded.consumed, run);
    decoded.data_bytes += run;
    decoded.consumed += run;
    chunk_ -= run;
    if (chunk_ == 0) place_ = Place::data_return;
  }
  return decoded;
}

ChunkedDecoder::Status ChunkedDecoder::refuse(int status, std::string_view sentence) noexcept {
  refusal_ = {status, sentence};
  return Status::refused;
}

ChunkedDecoder::Status ChunkedDecoder::expect(char c, char expected, Place next) noexcept {
  if (c != expected) return refuse(400, "The chunked body is not framed by CRLF.");
  place_ = next;
  return Status::more;
}

ChunkedDecoder::Status ChunkedDecoder::step(char c) noexcept {
  switch (place_) {
    case Place::size: return step_size(c);
    case Place::size_line_feed:
      return expect(c, '\n', chunk_ == 0 ? Place::trailer_start : Place::data);
    case Place::data_return: return expect(c, '\r', Place::data_line_feed);
    case Place::data_line_feed: digits_ = 0; return expect(c, '\n', Place::size);
    case Place::last_line_feed:
      return expect(c, '\n', Place::last_line_feed) == Status::more ? Status::done
                                                                    : Status::refused;
    default: return step_trailer(c);
  }
}

ChunkedDecoder::Status ChunkedDecoder::step_size(char c) noexcept {
  if (c == '\r' && digits_ > 0) {
    if (chunk_ > limit_ - total_) return refuse(413, "The body is larger than is accepted here.");
    total_ += chunk_;
    place_ = Place::size_line_feed;
    return Status::more;
  }
  const int digit = hex_value(c);
  if (digit < 0) return refuse(400, "A chunk size is not a hexadecimal number alone on its line.");
  if (digits_ == chunk_size_digits_max) return refuse(400, "A chunk size has too many digits.");
  ++digits_;
  chunk_ = chunk_ * 16 + static_cast<std::uint64_t>(digit);
  return Status::more;
}

ChunkedDecoder::Status ChunkedDecoder::step_trailer(char c) noexcept {
  if (place_ == Place::trailer_start && c == '\r') {
    place_ = Place::last_line_feed;
    return Status::more;
  }
  if (trailer_bytes_ == trailer_bytes_max) return refuse(431, "The trailers are too large.");
  ++trailer_bytes_;
  if (place_ == Place::trailer_line_feed) return expect(c, '\n', Place::trailer_start);
  if (place_ == Place::trailer_value) {
    if (c == '\r') place_ = Place::trailer_line_feed;
    if (c == '\r' || is_field_char(c)) return Status::more;
    return refuse(400, "A trailer holds a control character.");
  }
  if (place_ == Place::trailer_name && c == ':') {
    place_ = Place::trailer_value;
    return Status::more;
  }
  place_ = Place::trailer_name;
  if (!is_token_char(c)) return refuse(400, "A trailer has no valid name.");
  return Status::more;
}

}  // namespace overlap::protocol
