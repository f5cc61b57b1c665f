#include "common/digest/secrets.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "common/digest/crypto_library.h"

namespace overlap {

void random_bytes(std::span<std::byte> into) {
  prepare_crypto_library();
  while (!into.empty()) {
    constexpr std::size_t most = std::numeric_limits<int>::max();
    const std::size_t count = std::min(into.size(), most);
    if (RAND_bytes(reinterpret_cast<unsigned char*>(into.data()), static_cast<int>(count)) != 1)
      throw std::runtime_error("the system gives no random bytes");
    into = into.subspan(count);
  }
}

bool equal_in_constant_time(std::span<const std::byte> one,
                            std::span<const std::byte> other) noexcept {
  if (one.size() != other.size()) return false;
  return one.empty() || CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

void wipe(std::span<std::byte> secret) noexcept {
  if (!secret.empty()) OPENSSL_cleanse(secret.data(), secret.size());
}

}  // namespace overlap
