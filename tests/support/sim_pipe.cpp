#include "tests/support/sim_pipe.h"

#include <algorithm>
#include <cstring>

namespace overlap::sim {

std::size_t Pipe::put(std::span<const std::byte> bytes) noexcept {
  if (closed_for_putting()) return 0;
  const std::size_t count = std::min(bytes.size(), room());
  for (std::size_t done = 0; done < count;) {
    const std::size_t at = (first_ + held_) % ring_.size();
    const std::size_t piece = std::min(count - done, ring_.size() - at);
    std::memcpy(ring_.data() + at, bytes.data() + done, piece);
    held_ += piece;
    done += piece;
  }
  return count;
}

std::size_t Pipe::take(std::span<std::byte> into) noexcept {
  const std::size_t count = std::min(into.size(), held_);
  for (std::size_t done = 0; done < count;) {
    const std::size_t piece = std::min(count - done, ring_.size() - first_);
    std::memcpy(into.data() + done, ring_.data() + first_, piece);
    first_ = (first_ + piece) % ring_.size();
    held_ -= piece;
    done += piece;
  }
  return count;
}

}  // namespace overlap::sim
