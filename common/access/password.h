// Passwords as they are stored: hashed by scrypt (RFC 7914), in the text form of the PHC string
// format: $scrypt$ln=15,r=8,p=1$<salt>$<hash>, both in base 64 without padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace overlap::access {

// 32 MiB and about 0.1 s for each verification.
struct ScryptCost {
  unsigned log2_n = 15;
  unsigned r = 8;
  unsigned p = 1;

  constexpr std::uint64_t memory_bytes() const noexcept { return 128ull * r << log2_n; }
  constexpr std::uint64_t work_bytes() const noexcept { return memory_bytes() * p; }
  friend bool operator==(const ScryptCost&, const ScryptCost&) = default;
};

// What is accepted from a file. An edited one must not make the service take gigabytes or minutes.
inline constexpr unsigned scrypt_log2_n_min = 10;
inline constexpr unsigned scrypt_log2_n_max = 20;
inline constexpr unsigned scrypt_r_max = 32;
inline constexpr unsigned scrypt_p_max = 16;
inline constexpr std::uint64_t scrypt_memory_bytes_max = 128ull << 20;
inline constexpr std::uint64_t scrypt_work_bytes_max = 512ull << 20;
inline constexpr std::size_t salt_bytes_min = 8;
inline constexpr std::size_t salt_bytes_max = 64;
inline constexpr std::size_t hash_bytes_min = 16;
inline constexpr std::size_t hash_bytes_max = 64;

bool is_acceptable(const ScryptCost& cost) noexcept;

// How often this process has run scrypt so far. Any thread.
std::uint64_t scrypt_runs() noexcept;

class PasswordHash {
 public:
  // With a salt of 16 random bytes. The cost must be acceptable. Throws std::bad_alloc, and
  // std::runtime_error if there is no randomness.
  static PasswordHash make(std::string_view password, const ScryptCost& cost = {});
  // Of no password: costs as much to compare as another one of that cost, and never matches (but by
  // a chance of one in 2^256). Costs nothing to make.
  static PasswordHash make_unmatchable(const ScryptCost& cost);
  // Exactly what text() gives; nothing if it is anything else or beyond the bounds.
  static std::optional<PasswordHash> parse(std::string_view text);

  // Takes as long as the cost says, whatever the password. Throws std::bad_alloc.
  bool matches(std::string_view password) const;

  std::string text() const;
  const ScryptCost& cost() const noexcept { return cost_; }

 private:
  ScryptCost cost_;
  std::vector<std::byte> salt_;
  std::vector<std::byte> hash_;
};

}  // namespace overlap::access
