#include "common/transfer/input_buffer.h"

#include <algorithm>
#include <cstring>

namespace overlap {

std::string_view InputBuffer::text() noexcept {
  return {reinterpret_cast<const char*>(buffer_.data()) + begin_, size()};
}

std::span<std::byte> InputBuffer::room() {
  if (empty()) clear();
  if (end_ == buffer_.capacity()) {
    const std::size_t held = size();
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, held);
    } else {
      ByteBuffer larger;
      larger.reserve(std::max(input_bytes_initial, 2 * buffer_.capacity()));
      if (held > 0) std::memcpy(larger.data(), buffer_.data(), held);
      buffer_ = std::move(larger);
    }
    begin_ = 0;
    end_ = held;
  }
  return buffer_.between(end_, buffer_.capacity());
}

void InputBuffer::put_back(std::span<const std::byte> bytes) {
  clear();
  buffer_.reserve(std::max(input_bytes_initial, bytes.size()));
  if (!bytes.empty()) std::memcpy(buffer_.data(), bytes.data(), bytes.size());
  end_ = bytes.size();
}

void InputBuffer::shrink() noexcept {
  clear();
  buffer_.release_above(input_bytes_initial);
}

}  // namespace overlap
