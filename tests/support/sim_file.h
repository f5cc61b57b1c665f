// A simulated file: its content in memory, sparse, so that offsets above 4 GiB cost nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "tests/support/sim_network.h"

namespace overlap::sim {

class FileContent {
 public:
  std::uint64_t size() const noexcept { return size_; }
  void resize(std::uint64_t size);  // grows with zeros, as a sparse file does
  // Copies what is there from `offset` on; 0 at or past the end.
  std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;
  void write(std::uint64_t offset, std::span<const std::byte> bytes);
  std::vector<std::byte> bytes() const;  // all of it; for small files

 private:
  static constexpr std::size_t page_bytes = 4096;
  std::map<std::uint64_t, std::vector<std::byte>> pages_;  // by page number; absent means zeros
  std::uint64_t size_ = 0;
};

// What opening a file gives, before a model has made it its own.
struct NativeFile {
  std::shared_ptr<FileContent> content;
  bool readable = true;
  bool writable = true;
};

// An open file of the simulated model. Movable while nothing is pending.
class File {
 public:
  File() = default;  // refers to no file: every operation on it is refused

 private:
  friend class SimModel;
  struct Open : Handle {
    explicit Open(NativeFile n) : native(std::move(n)) {}
    NativeFile native;
  };
  explicit File(NativeFile native) : open_(std::make_unique<Open>(std::move(native))) {}
  std::unique_ptr<Open> open_;
};

}  // namespace overlap::sim
