// Bytes that a session receives or reads into. Allocated without being cleared: they are always
// written before they are read.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace overlap {

class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept { swap(other); }
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    swap(other);
    return *this;
  }
  void swap(ByteBuffer& other) noexcept {
    bytes_.swap(other.bytes_);
    std::swap(capacity_, other.capacity_);
  }

  std::size_t capacity() const noexcept { return capacity_; }
  std::byte* data() noexcept { return bytes_.get(); }
  std::span<std::byte> first(std::size_t count) noexcept { return {bytes_.get(), count}; }
  std::span<std::byte> between(std::size_t begin, std::size_t end) noexcept {
    return {bytes_.get() + begin, end - begin};
  }

  // At least `capacity` bytes; what they held is lost if it had to grow. Throws std::bad_alloc.
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    release();
    bytes_ = std::make_unique_for_overwrite<std::byte[]>(capacity);
    capacity_ = capacity;
  }

  void release() noexcept {
    bytes_.reset();
    capacity_ = 0;
  }
  // Frees the memory unless it is so little that a connection may keep it between two requests.
  void release_above(std::size_t kept) noexcept {
    if (capacity_ > kept) release();
  }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t capacity_ = 0;
};

}  // namespace overlap
