#include "common/transfer/request_body.h"

#include <algorithm>
#include <limits>

namespace overlap {

RequestBody::RequestBody(const protocol::RequestHead& head, std::uint64_t bytes_max) noexcept
    : framing_(head.framing), left_(head.content_length), decoder_(bytes_max) {
  const bool empty =
      framing_ == protocol::Framing::none || (framing_ == protocol::Framing::length && left_ == 0);
  status_ = empty ? Status::done : Status::more;
}

void RequestBody::limit(std::uint64_t bytes_max) noexcept {
  decoder_ = protocol::ChunkedDecoder(bytes_max);
}

RequestBody::Taken RequestBody::take(std::span<std::byte> input) noexcept {
  if (framing_ == protocol::Framing::chunked) {
    const auto decoded = decoder_.decode(input);
    if (decoded.status == protocol::ChunkedDecoder::Status::done) status_ = Status::done;
    if (decoded.status == protocol::ChunkedDecoder::Status::refused) status_ = Status::refused;
    return {decoded.data_bytes, decoded.consumed};
  }
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
  left_ -= taken;
  if (left_ == 0) status_ = Status::done;
  return {taken, taken};
}

std::optional<std::uint64_t> RequestBody::left() const noexcept {
  if (done()) return 0;
  if (framing_ == protocol::Framing::chunked) return std::nullopt;
  return left_;
}

std::size_t RequestBody::receive_bytes_max() const noexcept {
  constexpr std::size_t max = std::numeric_limits<std::size_t>::max();
  return static_cast<std::size_t>(std::min<std::uint64_t>(left().value_or(max), max));
}

}  // namespace overlap
