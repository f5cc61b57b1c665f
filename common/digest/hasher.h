// Digests of content that comes in pieces (FIPS 180-4, by OpenSSL).
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "common/protocol/digest.h"

struct evp_md_ctx_st;  // of OpenSSL, whose headers are the .cpp's alone

namespace overlap {

// One digest of one content. Not thread-safe; different objects are independent.
class Hasher {
 public:
  // Throws std::bad_alloc, the only failure.
  explicit Hasher(protocol::DigestAlgorithm algorithm);
  Hasher(Hasher&& other) noexcept = default;
  Hasher& operator=(Hasher&& other) noexcept = default;
  ~Hasher() = default;

  protocol::DigestAlgorithm algorithm() const noexcept { return algorithm_; }

  void update(std::span<const std::byte> bytes) noexcept;

  // Of everything since the constructor or the last finish(); begins anew.
  protocol::Digest finish() noexcept;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  protocol::DigestAlgorithm algorithm_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// Of content that is at hand as a whole. Throws std::bad_alloc.
protocol::Digest digest_of(protocol::DigestAlgorithm algorithm, std::span<const std::byte> bytes);

}  // namespace overlap
