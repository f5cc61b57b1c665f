#include "service/store/hash_pass.h"

#include <algorithm>

#include "service/store/work.h"

namespace overlap::store {

HashPass::HashPass(const std::vector<protocol::DigestAlgorithm>& algorithms, std::uint64_t size)
    : piece_(static_cast<std::size_t>(std::min<std::uint64_t>(size, piece_bytes))), size_(size) {
  for (const auto algorithm : algorithms) hashers_.emplace_back(algorithm);
}

DWORD HashPass::turn(HANDLE file) {
  for (std::size_t done = 0; done < turn_bytes && offset_ < size_;) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(size_ - offset_, piece_.size()));
    std::size_t count = 0;
    const auto into = std::span(piece_).first(wanted);
    if (const DWORD code = bytes_.read(file, offset_, into, count)) return code;
    if (count == 0) return ERROR_HANDLE_EOF;
    for (Hasher& hasher : hashers_) hasher.update(into.first(count));
    offset_ += count;
    done += count;
  }
  return ERROR_SUCCESS;
}

std::vector<protocol::Digest> HashPass::digests() {
  std::vector<protocol::Digest> found;
  for (Hasher& hasher : hashers_) found.push_back(hasher.finish());
  return found;
}

}  // namespace overlap::store
