// Reading and writing on a worker thread, on handles that were opened for overlapped requests and
// may belong to a completion port.
#pragma once

#include <windows.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "service/win/handle.h"

namespace overlap::store {

// One at a time, on one thread at a time.
class FileBytes {
 public:
  // Throws std::system_error if Windows has no event to give.
  FileBytes();

  // Each waits until it is done. `bytes` becomes 0 at the end of the file.
  DWORD read(HANDLE file, std::uint64_t offset, std::span<std::byte> into,
             std::size_t& bytes) const noexcept;
  DWORD write(HANDLE file, std::uint64_t offset, std::span<const std::byte> bytes) const noexcept;

 private:
  OVERLAPPED at(std::uint64_t offset) const noexcept;

  win::KernelHandle done_;
};

// Cuts or extends.
DWORD set_file_size(HANDLE file, std::uint64_t size) noexcept;

}  // namespace overlap::store
