// What has been received and not yet consumed: a request head, perhaps more behind it. Starts small
// and grows with what comes; whoever reads heads from it bounds them.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "common/transfer/byte_buffer.h"

namespace overlap {

inline constexpr std::size_t input_bytes_initial = 4096;  // what an idle connection holds

class InputBuffer {
 public:
  bool empty() const noexcept { return begin_ == end_; }
  std::size_t size() const noexcept { return end_ - begin_; }
  std::string_view text() noexcept;
  std::span<std::byte> bytes() noexcept { return buffer_.between(begin_, end_); }

  // Space to receive into, never empty. Moves the bytes. Throws std::bad_alloc.
  std::span<std::byte> room();
  void received(std::size_t count) noexcept { end_ += count; }

  // Leaves the bytes where they are: views into them stay valid until room() or put_back().
  void consume(std::size_t count) noexcept { begin_ += count; }
  void clear() noexcept { begin_ = end_ = 0; }

  // Takes in what another buffer received too much. Only while empty. Throws std::bad_alloc.
  void put_back(std::span<const std::byte> bytes);
  // Gives back memory that an unusually large head or a put_back() made necessary. Only while
  // empty.
  void shrink() noexcept;

 private:
  ByteBuffer buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace overlap
