// A digest of some bytes (RFC 9530), without the computing of it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace overlap::protocol {

// Those that RFC 9530, section 7.2 calls secure.
enum class DigestAlgorithm : std::uint8_t { sha_256, sha_512 };
inline constexpr std::size_t digest_algorithms = 2;
inline constexpr std::size_t digest_bytes_max = 64;

constexpr std::size_t digest_bytes(DigestAlgorithm algorithm) noexcept {
  return algorithm == DigestAlgorithm::sha_256 ? 32 : 64;
}
// As in the registry of RFC 9530.
constexpr std::string_view name_of(DigestAlgorithm algorithm) noexcept {
  return algorithm == DigestAlgorithm::sha_256 ? "sha-256" : "sha-512";
}

struct Digest {
  DigestAlgorithm algorithm = DigestAlgorithm::sha_256;
  std::array<std::byte, digest_bytes_max> bytes{};  // the first digest_bytes(algorithm) count

  std::size_t size() const noexcept { return digest_bytes(algorithm); }

  friend bool operator==(const Digest& a, const Digest& b) noexcept {
    return a.algorithm == b.algorithm &&
           std::equal(a.bytes.begin(), a.bytes.begin() + static_cast<std::ptrdiff_t>(a.size()),
                      b.bytes.begin());
  }
};

}  // namespace overlap::protocol
