#include "common/access/token.h"

#include <gtest/gtest.h>

#include <set>

namespace overlap::access {
namespace {

TEST(Token, is_recognised_by_its_prefix_and_holds_256_bits_that_a_header_can_carry) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string token = make_token();
    ASSERT_TRUE(token.starts_with(token_prefix)) << token;
    const std::string secret = token.substr(token_prefix.size());
    ASSERT_EQ(secret.size(), 43u) << token;  // 32 bytes in base 64
    ASSERT_EQ(secret.find_first_not_of(
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos)
        << token;
    ASSERT_TRUE(seen.insert(token).second) << token;
  }
}

// FIPS 180-4, the example "abc".
TEST(TokenHash, is_sha_256_in_lowercase_hexadecimal) {
  EXPECT_EQ(describe(hash_token("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(TokenHash, reads_back_from_its_text) {
  const TokenHash hash = hash_token("overlap_x");
  EXPECT_EQ(parse_token_hash(describe(hash)), hash);
}

TEST(TokenHash, text_in_another_form_is_refused) {
  const std::string good(64, 'a');
  ASSERT_TRUE(parse_token_hash(good));
  for (const std::string& text : {std::string(), good.substr(1), good + "a", std::string(64, 'A'),
                                  good.substr(1) + "g", "sha256:" + good})
    EXPECT_FALSE(parse_token_hash(text)) << text;
}

}  // namespace
}  // namespace overlap::access
