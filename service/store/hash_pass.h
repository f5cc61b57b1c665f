// One reading of an open file, turn by turn, that hashes it by one or more algorithms.
#pragma once

#include <cstdint>
#include <vector>

#include "common/digest/hasher.h"
#include "common/protocol/digest.h"
#include "service/store/file_bytes.h"

namespace overlap::store {

// Not thread-safe. The file must stay as it is meanwhile.
class HashPass {
 public:
  // Of the first `size` bytes.
  HashPass(const std::vector<protocol::DigestAlgorithm>& algorithms, std::uint64_t size);

  bool finished() const noexcept { return offset_ == size_; }
  // The next turn_bytes. ERROR_HANDLE_EOF if the file is shorter.
  DWORD turn(HANDLE file);
  // In the order of the algorithms; once finished.
  std::vector<protocol::Digest> digests();

 private:
  std::vector<Hasher> hashers_;
  FileBytes bytes_;
  std::vector<std::byte> piece_;
  std::uint64_t size_;
  std::uint64_t offset_ = 0;
};

}  // namespace overlap::store
