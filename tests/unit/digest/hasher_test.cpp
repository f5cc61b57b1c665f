// Digests against the examples of NIST ("SHA Test Vectors for Hashing Byte-Oriented Messages" and
// FIPS 180-4), in whatever pieces the content comes.
#include "common/digest/hasher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

namespace overlap {
namespace {

using protocol::Digest;
using protocol::DigestAlgorithm;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string hex(const Digest& digest) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto value = std::to_integer<unsigned>(digest.bytes[i]);
    text += digits[value / 16];
    text += digits[value % 16];
  }
  return text;
}

struct Vector {
  const char* name;
  std::string message;
  const char* sha_256;
  const char* sha_512;
};

const Vector vectors[] = {
    {"empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {"three_bytes", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {"two_blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
     "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c335"
     "96fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445"},
    {"million_a", std::string(1'000'000, 'a'),
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
     "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
     "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"},
};

TEST(Hasher, gives_the_digests_of_the_standard) {
  for (const Vector& vector : vectors) {
    SCOPED_TRACE(vector.name);
    EXPECT_EQ(hex(digest_of(DigestAlgorithm::sha_256, bytes_of(vector.message))), vector.sha_256);
    EXPECT_EQ(hex(digest_of(DigestAlgorithm::sha_512, bytes_of(vector.message))), vector.sha_512);
  }
}

TEST(Hasher, does_not_care_how_the_content_is_cut) {
  const std::string message = vectors[2].message;
  for (std::size_t cut = 0; cut <= message.size(); ++cut) {
    Hasher hasher(DigestAlgorithm::sha_256);
    hasher.update(bytes_of(message).first(cut));
    hasher.update({});
    hasher.update(bytes_of(message).subspan(cut));
    EXPECT_EQ(hex(hasher.finish()), vectors[2].sha_256) << "cut at " << cut;
  }
}

TEST(Hasher, begins_anew_after_each_digest) {
  Hasher hasher(DigestAlgorithm::sha_512);
  EXPECT_EQ(hasher.algorithm(), DigestAlgorithm::sha_512);
  hasher.update(bytes_of("what came before"));
  hasher.finish();
  hasher.update(bytes_of("abc"));
  EXPECT_EQ(hex(hasher.finish()), vectors[1].sha_512);
  EXPECT_EQ(hex(hasher.finish()), vectors[0].sha_512);
}

TEST(Hasher, can_be_moved_in_the_middle) {
  Hasher first(DigestAlgorithm::sha_256);
  first.update(bytes_of("a"));
  Hasher second(std::move(first));
  second.update(bytes_of("b"));
  Hasher third(DigestAlgorithm::sha_512);
  third = std::move(second);
  third.update(bytes_of("c"));
  EXPECT_EQ(hex(third.finish()), vectors[1].sha_256);
}

TEST(Hasher, leaves_the_unused_bytes_of_a_short_digest_zero) {
  const Digest digest = digest_of(DigestAlgorithm::sha_256, bytes_of("abc"));
  EXPECT_EQ(digest.size(), 32u);
  EXPECT_TRUE(std::all_of(digest.bytes.begin() + 32, digest.bytes.end(),
                          [](std::byte b) { return b == std::byte{0}; }));
}

}  // namespace
}  // namespace overlap
