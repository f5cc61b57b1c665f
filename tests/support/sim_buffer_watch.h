// Catches an owner that touches a buffer which it has lent to an operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace overlap::sim {

class BufferWatch {
 public:
  // The operation will fill it: the owner may neither read nor write it. Under AddressSanitizer
  // every touch is reported where it happens; elsewhere a write is found when it is given back.
  void lend_to_fill(std::span<std::byte> buffer) noexcept;
  // The operation will read it: the owner may not change it.
  void lend_to_read(std::span<const std::byte> head, std::span<const std::byte> body) noexcept;
  // Ends the loan; stops the process if the owner broke it.
  void give_back() noexcept;

 private:
  enum class Loan : std::uint8_t { none, to_fill, to_read };
  Loan loan_ = Loan::none;
  std::span<std::byte> filled_;
  std::span<const std::byte> head_;
  std::span<const std::byte> body_;
  std::uint64_t digest_ = 0;
};

}  // namespace overlap::sim
