#include "tests/support/sim_buffer_watch.h"

#include <algorithm>

#include "service/io/operation.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OVERLAP_HAS_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define OVERLAP_HAS_ASAN 1
#endif
#ifdef OVERLAP_HAS_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace overlap::sim {
namespace {

constexpr std::byte fresh{0xA7};

// FNV-1a over at most 512 bytes spread over the buffer: enough to notice reuse, cheap enough for
// every operation of a long run.
std::uint64_t digest(std::uint64_t seed, std::span<const std::byte> bytes) noexcept {
  const std::size_t stride = std::max<std::size_t>(1, bytes.size() / 512);
  std::uint64_t hash = seed;
  for (std::size_t i = 0; i < bytes.size(); i += stride)
    hash = (hash ^ static_cast<std::uint64_t>(bytes[i])) * 0x100000001B3ull;
  return hash;
}

#ifndef OVERLAP_HAS_ASAN
std::span<std::byte> edge(std::span<std::byte> buffer) noexcept {
  return buffer.first(std::min<std::size_t>(buffer.size(), 64));
}
#endif

}  // namespace

void BufferWatch::lend_to_fill(std::span<std::byte> buffer) noexcept {
  loan_ = Loan::to_fill;
  filled_ = buffer;
#ifdef OVERLAP_HAS_ASAN
  ASAN_POISON_MEMORY_REGION(buffer.data(), buffer.size());
#else
  std::ranges::fill(edge(buffer), fresh);
#endif
}

void BufferWatch::lend_to_read(std::span<const std::byte> head,
                               std::span<const std::byte> body) noexcept {
  loan_ = Loan::to_read;
  head_ = head;
  body_ = body;
  digest_ = digest(digest(0, head), body);
}

void BufferWatch::give_back() noexcept {
  switch (loan_) {
    case Loan::none: break;
    case Loan::to_fill:
#ifdef OVERLAP_HAS_ASAN
      ASAN_UNPOISON_MEMORY_REGION(filled_.data(), filled_.size());
      std::ranges::fill(filled_.first(std::min<std::size_t>(filled_.size(), 64)), fresh);
#else
      if (!std::ranges::all_of(edge(filled_), [](std::byte b) { return b == fresh; }))
        io::broken_invariant("a buffer was written while a receive or read was pending");
#endif
      break;
    case Loan::to_read:
      if (digest(digest(0, head_), body_) != digest_)
        io::broken_invariant("a buffer was changed while a send or write was pending");
      break;
  }
  loan_ = Loan::none;
}

}  // namespace overlap::sim
