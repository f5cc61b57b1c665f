#include "tests/support/sim_file.h"

#include <algorithm>
#include <cstring>

namespace overlap::sim {

void FileContent::resize(std::uint64_t size) {
  if (size < size_) {
    const std::uint64_t last_page = size / page_bytes;
    pages_.erase(pages_.upper_bound(last_page), pages_.end());
    const auto page = pages_.find(last_page);
    if (page != pages_.end()) {
      const auto keep = static_cast<std::ptrdiff_t>(size % page_bytes);
      std::fill(page->second.begin() + keep, page->second.end(), std::byte{0});
    }
  }
  size_ = size;
}

std::size_t FileContent::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return 0;
  const std::size_t count =
      static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  for (std::size_t done = 0; done < count;) {
    const std::uint64_t at = offset + done;
    const std::size_t in_page = static_cast<std::size_t>(at % page_bytes);
    const std::size_t piece = std::min(count - done, page_bytes - in_page);
    const auto page = pages_.find(at / page_bytes);
    if (page == pages_.end()) {
      std::memset(into.data() + done, 0, piece);
    } else {
      std::memcpy(into.data() + done, page->second.data() + in_page, piece);
    }
    done += piece;
  }
  return count;
}

void FileContent::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const std::uint64_t at = offset + done;
    const std::size_t in_page = static_cast<std::size_t>(at % page_bytes);
    const std::size_t piece = std::min(bytes.size() - done, page_bytes - in_page);
    std::vector<std::byte>& page = pages_[at / page_bytes];
    if (page.empty()) page.resize(page_bytes);
    std::memcpy(page.data() + in_page, bytes.data() + done, piece);
    done += piece;
  }
  if (!bytes.empty()) size_ = std::max<std::uint64_t>(size_, offset + bytes.size());
}

std::vector<std::byte> FileContent::bytes() const {
  std::vector<std::byte> all(static_cast<std::size_t>(size_));
  read(0, all);
  return all;
}

}  // namespace overlap::sim
