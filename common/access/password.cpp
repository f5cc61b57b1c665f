#include "common/access/password.h"

#include <openssl/evp.h>

#include <atomic>
#include <charconv>
#include <new>
#include <span>

#include "common/digest/crypto_library.h"
#include "common/digest/secrets.h"
#include "common/protocol/base64.h"

namespace overlap::access {
namespace {

std::atomic<std::uint64_t> runs{0};

constexpr std::size_t new_salt_bytes = 16;
constexpr std::size_t new_hash_bytes = 32;

std::vector<std::byte> scrypt(std::string_view password, std::span<const std::byte> salt,
                              const ScryptCost& cost, std::size_t bytes) {
  prepare_crypto_library();
  runs.fetch_add(1, std::memory_order_relaxed);
  std::vector<std::byte> key(bytes);
  // OpenSSL refuses what would take more than it is allowed; its own count includes some KiB more.
  constexpr std::uint64_t memory_bytes_max = scrypt_memory_bytes_max + (1ull << 20);
  if (EVP_PBE_scrypt(password.data(), password.size(),
                     reinterpret_cast<const unsigned char*>(salt.data()), salt.size(),
                     1ull << cost.log2_n, cost.r, cost.p, memory_bytes_max,
                     reinterpret_cast<unsigned char*>(key.data()), key.size()) != 1)
    throw std::bad_alloc();
  return key;
}

std::string unpadded(std::span<const std::byte> bytes) {
  std::string text(protocol::base64_length(bytes.size()), '\0');
  protocol::encode_base64(bytes, text.data());
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::optional<std::vector<std::byte>> decode_unpadded(std::string_view text, std::size_t least,
                                                      std::size_t most) {
  // The decoder wants padding; with "=" in the text itself it would be there twice.
  if (text.empty() || text.size() > protocol::base64_length(most) || text.ends_with('='))
    return std::nullopt;
  std::string padded(text);
  while (padded.size() % 4 != 0) padded += '=';
  std::vector<std::byte> bytes(protocol::base64_length(most));
  const auto size = protocol::decode_base64(padded, bytes);
  if (!size || *size < least || *size > most) return std::nullopt;
  bytes.resize(*size);
  return bytes;
}

// Takes `literal` off the front of `rest`.
bool take(std::string_view& rest, std::string_view literal) noexcept {
  if (!rest.starts_with(literal)) return false;
  rest.remove_prefix(literal.size());
  return true;
}

// Takes a number as std::to_chars writes it.
bool take(std::string_view& rest, unsigned& number) noexcept {
  if (rest.empty() || rest.front() < '1' || rest.front() > '9') return false;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc()) return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return true;
}

}  // namespace

bool is_acceptable(const ScryptCost& cost) noexcept {
  // The first line bounds what the second computes.
  return cost.log2_n >= scrypt_log2_n_min && cost.log2_n <= scrypt_log2_n_max && cost.r >= 1 &&
         cost.r <= scrypt_r_max && cost.p >= 1 && cost.p <= scrypt_p_max &&
         cost.memory_bytes() <= scrypt_memory_bytes_max &&
         cost.work_bytes() <= scrypt_work_bytes_max;
}

std::uint64_t scrypt_runs() noexcept { return runs.load(std::memory_order_relaxed); }

PasswordHash PasswordHash::make(std::string_view password, const ScryptCost& cost) {
  PasswordHash made;
  made.cost_ = cost;
  made.salt_.resize(new_salt_bytes);
  random_bytes(made.salt_);
  made.hash_ = scrypt(password, made.salt_, cost, new_hash_bytes);
  return made;
}

PasswordHash PasswordHash::make_unmatchable(const ScryptCost& cost) {
  PasswordHash made;
  made.cost_ = cost;
  made.salt_.resize(new_salt_bytes);
  made.hash_.resize(new_hash_bytes);
  random_bytes(made.salt_);
  random_bytes(made.hash_);
  return made;
}

std::optional<PasswordHash> PasswordHash::parse(std::string_view text) {
  PasswordHash read;
  if (!take(text, "$scrypt$ln=") || !take(text, read.cost_.log2_n) || !take(text, ",r=") ||
      !take(text, read.cost_.r) || !take(text, ",p=") || !take(text, read.cost_.p) ||
      !take(text, "$") || !is_acceptable(read.cost_))
    return std::nullopt;
  const std::size_t dollar = text.find('$');
  if (dollar == std::string_view::npos) return std::nullopt;
  auto salt = decode_unpadded(text.substr(0, dollar), salt_bytes_min, salt_bytes_max);
  auto hash = decode_unpadded(text.substr(dollar + 1), hash_bytes_min, hash_bytes_max);
  if (!salt || !hash) return std::nullopt;
  read.salt_ = std::move(*salt);
  read.hash_ = std::move(*hash);
  return read;
}

bool PasswordHash::matches(std::string_view password) const {
  auto found = scrypt(password, salt_, cost_, hash_.size());
  const bool equal = equal_in_constant_time(found, hash_);
  wipe(found);
  return equal;
}

std::string PasswordHash::text() const {
  return "$scrypt$ln=" + std::to_string(cost_.log2_n) + ",r=" + std::to_string(cost_.r) +
         ",p=" + std::to_string(cost_.p) + "$" + unpadded(salt_) + "$" + unpadded(hash_);
}

}  // namespace overlap::access
