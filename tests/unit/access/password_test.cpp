#include "common/access/password.h"

#include <gtest/gtest.h>

#include "cheap.h"

namespace overlap::access {
namespace {

// RFC 7914, section 12, third vector.
constexpr char published[] =
    "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8P"
    "z2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw";

TEST(PasswordHash, is_what_the_standard_says) {
  const auto hash = PasswordHash::parse(published);
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->matches("pleaseletmein"));
  EXPECT_FALSE(hash->matches("pleaseletmeim"));
  EXPECT_EQ(hash->text(), published);
}

TEST(PasswordHash, matches_its_password_alone) {
  const auto hash = PasswordHash::make("correct horse", cheap);
  EXPECT_TRUE(hash.matches("correct horse"));
  for (const char* other : {"", "correct hors", "correct horse ", "Correct horse"})
    EXPECT_FALSE(hash.matches(other)) << other;
}

TEST(PasswordHash, reads_back_from_its_text) {
  const auto hash = PasswordHash::make("p\u00e4ssword", cheap);
  const auto read = PasswordHash::parse(hash.text());
  ASSERT_TRUE(read) << hash.text();
  EXPECT_EQ(read->text(), hash.text());
  EXPECT_EQ(read->cost(), cheap);
  EXPECT_TRUE(read->matches("p\u00e4ssword"));
}

TEST(PasswordHash, of_one_password_differs_each_time) {
  EXPECT_NE(PasswordHash::make("same", cheap).text(), PasswordHash::make("same", cheap).text());
}

TEST(PasswordHash, unmatchable_matches_nothing_and_has_the_cost_that_was_asked_for) {
  const auto hash = PasswordHash::make_unmatchable(cheap);
  EXPECT_FALSE(hash.matches(""));
  EXPECT_EQ(hash.cost(), cheap);
  EXPECT_TRUE(PasswordHash::parse(hash.text()));
}

TEST(PasswordHash, costs_32_MiB_by_default) {
  EXPECT_EQ(ScryptCost().memory_bytes(), 32u << 20);
  EXPECT_TRUE(PasswordHash::make("p").text().starts_with("$scrypt$ln=15,r=8,p=1$"));
}

TEST(ScryptCost, is_bounded_on_reading) {
  EXPECT_TRUE(is_acceptable({scrypt_log2_n_min, 1, 1}));
  EXPECT_FALSE(is_acceptable({scrypt_log2_n_min - 1, 8, 1}));
  EXPECT_TRUE(is_acceptable({scrypt_log2_n_max, 1, 1}));
  EXPECT_FALSE(is_acceptable({scrypt_log2_n_max + 1, 1, 1}));
  EXPECT_TRUE(is_acceptable({scrypt_log2_n_min, scrypt_r_max, 1}));
  EXPECT_FALSE(is_acceptable({scrypt_log2_n_min, scrypt_r_max + 1, 1}));
  EXPECT_TRUE(is_acceptable({scrypt_log2_n_min, 1, scrypt_p_max}));
  EXPECT_FALSE(is_acceptable({scrypt_log2_n_min, 1, scrypt_p_max + 1}));
  // 128 MiB of memory, and 512 MiB of work.
  EXPECT_TRUE(is_acceptable({17, 8, 4}));
  EXPECT_FALSE(is_acceptable({17, 8, 5}));
  EXPECT_FALSE(is_acceptable({17, 9, 1}));
  EXPECT_FALSE(is_acceptable({18, 8, 1}));
  EXPECT_FALSE(is_acceptable({63, 8, 1}));
  EXPECT_FALSE(is_acceptable({15, 0, 1}));
  EXPECT_FALSE(is_acceptable({15, 8, 0}));
  EXPECT_FALSE(is_acceptable({64, 8, 1}));
}

// The bound is what OpenSSL is allowed to take: it must not refuse what is accepted.
TEST(ScryptCost, the_highest_that_is_accepted_can_be_computed) {
  const auto hash = PasswordHash::make("p", {17, 8, 1});
  EXPECT_TRUE(hash.matches("p"));
}

TEST(PasswordHash, text_in_another_form_is_refused) {
  const std::string salt = "AAAAAAAAAAAAAAAAAAAAAA";  // 16 bytes
  const std::string hash = salt;
  const std::string good = "$scrypt$ln=10,r=1,p=1$" + salt + "$" + hash;
  ASSERT_TRUE(PasswordHash::parse(good));
  const std::string half = "AAAAAAAAAAA";  // 8 bytes
  EXPECT_TRUE(PasswordHash::parse("$scrypt$ln=10,r=1,p=1$" + half + "$" + hash));
  for (const std::string& text : {
           std::string(),
           std::string("$"),
           good.substr(1),
           good + "$",
           good + "=",
           good + " ",
           " " + good,
           "$scrypt$ln=010,r=1,p=1$" + salt + "$" + hash,
           "$scrypt$ln=+10,r=1,p=1$" + salt + "$" + hash,
           "$scrypt$ln=,r=1,p=1$" + salt + "$" + hash,
           "$scrypt$ln=10,p=1,r=1$" + salt + "$" + hash,
           "$scrypt$ln=10,r=1$" + salt + "$" + hash,
           "$scrypt$ln=10,r=1,p=1$" + salt,
           "$scrypt$ln=4294967306,r=1,p=1$" + salt + "$" + hash,
           "$scrypt$ln=99999999999999999999,r=1,p=1$" + salt + "$" + hash,
           "$scrypt$ln=9,r=1,p=1$" + salt + "$" + hash,
           "$scrypt$ln=18,r=8,p=1$" + salt + "$" + hash,
           "$scrypt$ln=10,r=1,p=1$$" + hash,
           "$scrypt$ln=10,r=1,p=1$" + salt + "$",
           "$scrypt$ln=10,r=1,p=1$" + salt.substr(0, 10) + "$" + hash,   // 7 bytes
           "$scrypt$ln=10,r=1,p=1$" + salt + "$" + hash.substr(0, 20),   // 15 bytes
           "$scrypt$ln=10,r=1,p=1$" + salt.substr(0, 21) + "B$" + hash,  // stray bits
           "$scrypt$ln=10,r=1,p=1$" + salt + "==$" + hash,
           "$scrypt$ln=10,r=1,p=1$" + salt.substr(0, 21) + "-$" + hash,
           "$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$" + hash,
       })
    EXPECT_FALSE(PasswordHash::parse(text)) << text;
}

TEST(PasswordHash, salt_and_hash_are_bounded) {
  const auto encoded = [](std::size_t bytes) {  // of zeros, three bytes to four characters
    std::string text((bytes * 4 + 2) / 3, 'A');
    return text;
  };
  const auto text = [&](std::size_t salt, std::size_t hash) {
    return "$scrypt$ln=10,r=1,p=1$" + encoded(salt) + "$" + encoded(hash);
  };
  EXPECT_TRUE(PasswordHash::parse(text(salt_bytes_min, hash_bytes_min)));
  EXPECT_FALSE(PasswordHash::parse(text(salt_bytes_min - 1, hash_bytes_min)));
  EXPECT_FALSE(PasswordHash::parse(text(salt_bytes_min, hash_bytes_min - 1)));
  EXPECT_TRUE(PasswordHash::parse(text(salt_bytes_max, hash_bytes_max)));
  EXPECT_FALSE(PasswordHash::parse(text(salt_bytes_max + 1, hash_bytes_max)));
  EXPECT_FALSE(PasswordHash::parse(text(salt_bytes_max, hash_bytes_max + 1)));
  EXPECT_FALSE(PasswordHash::parse(text(1'000'000, hash_bytes_max)));
}

}  // namespace
}  // namespace overlap::access
