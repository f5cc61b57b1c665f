#include "common/digest/hasher.h"

#include <openssl/evp.h>

#include <exception>
#include <new>

#include "common/digest/crypto_library.h"

namespace overlap {
namespace {

using protocol::Digest;
using protocol::DigestAlgorithm;

// Fetched once: looking an algorithm up costs as much as hashing some kilobytes. Never freed: other
// threads may hash to the end of the process.
const EVP_MD* method_of(DigestAlgorithm algorithm) {
  prepare_crypto_library();
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA2-512", nullptr);
  const EVP_MD* method = algorithm == DigestAlgorithm::sha_256 ? sha256 : sha512;
  if (method == nullptr) throw std::bad_alloc();
  return method;
}

// Hashing bytes that are in memory cannot fail once it has begun. A digest that is wrong without a
// word would be worse than the end of the process.
void require(int done) noexcept {
  if (done != 1) std::terminate();
}

}  // namespace

void Hasher::Free::operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }

Hasher::Hasher(DigestAlgorithm algorithm) : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex2(context_.get(), method_of(algorithm), nullptr) != 1)
    throw std::bad_alloc();
}

void Hasher::update(std::span<const std::byte> bytes) noexcept {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Digest Hasher::finish() noexcept {
  Digest digest;
  digest.algorithm = algorithm_;
  auto* const into = reinterpret_cast<unsigned char*>(digest.bytes.data());
  require(EVP_DigestFinal_ex(context_.get(), into, nullptr));
  require(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr));
  return digest;
}

Digest digest_of(DigestAlgorithm algorithm, std::span<const std::byte> bytes) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace overlap
