// One direction of a simulated connection: a bounded run of bytes, like a socket buffer.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace overlap::sim {

class Pipe {
 public:
  explicit Pipe(std::size_t capacity_bytes) : ring_(capacity_bytes) {}

  // Takes in as many bytes as there is room for; none once the pipe has ended or is broken.
  std::size_t put(std::span<const std::byte> bytes) noexcept;
  // Hands out what is there, at most `into.size()`.
  std::size_t take(std::span<std::byte> into) noexcept;

  void end() noexcept { ended_ = true; }  // no more will be put; what is there can be taken
  void break_off() noexcept {             // a reset: what is there is lost
    broken_ = true;
    held_ = 0;
  }

  std::size_t held() const noexcept { return held_; }
  std::size_t room() const noexcept { return ring_.size() - held_; }
  bool broken() const noexcept { return broken_; }
  bool closed_for_putting() const noexcept { return ended_ || broken_; }
  bool drained() const noexcept { return ended_ && held_ == 0; }

 private:
  std::vector<std::byte> ring_;
  std::size_t first_ = 0;
  std::size_t held_ = 0;
  bool ended_ = false;
  bool broken_ = false;
};

}  // namespace overlap::sim
