#include "common/access/credential_cache.h"

#include <gtest/gtest.h>

namespace overlap::access {
namespace {

constexpr Instant start = std::chrono::hours(5);

Identity user(const std::string& name) {
  return std::make_shared<const User>(name, std::vector<Rule>{}, 0);
}
std::string number(std::size_t i) { return std::to_string(i); }

TEST(CredentialCache, knows_what_it_was_told_and_nothing_like_it) {
  CredentialCache cache;
  const Identity alice = user("alice");
  cache.remember("alice", "secret", alice, start);
  EXPECT_EQ(cache.find("alice", "secret", start), alice);
  EXPECT_EQ(cache.find("alice", "Secret", start), nullptr);
  EXPECT_EQ(cache.find("alice", "", start), nullptr);
  EXPECT_EQ(cache.find("alic", "esecret", start), nullptr);
  EXPECT_EQ(cache.find("alicesecret", "", start), nullptr);
}

TEST(CredentialCache,
     forgets_ten_minutes_after_the_password_was_verified_however_often_it_is_used) {
  CredentialCache cache;
  cache.remember("alice", "secret", user("alice"), start);
  const Instant end = start + CredentialCache::lifetime;
  EXPECT_NE(cache.find("alice", "secret", start + CredentialCache::lifetime / 2), nullptr);
  EXPECT_NE(cache.find("alice", "secret", end - Instant(1)), nullptr);
  EXPECT_EQ(cache.find("alice", "secret", end), nullptr);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(CredentialCache, forgets_the_one_that_was_not_used_longest_when_it_is_full) {
  CredentialCache cache;
  for (std::size_t i = 0; i < CredentialCache::entries_max; ++i)
    cache.remember(number(i), "p", user("u"), start);
  EXPECT_EQ(cache.size(), CredentialCache::entries_max);
  EXPECT_NE(cache.find("0", "p", start), nullptr);  // now "1" is the oldest
  cache.remember("one more", "p", user("u"), start);
  EXPECT_EQ(cache.size(), CredentialCache::entries_max);
  EXPECT_NE(cache.find("0", "p", start), nullptr);
  EXPECT_EQ(cache.find("1", "p", start), nullptr);
  EXPECT_NE(cache.find("2", "p", start), nullptr);
}

TEST(CredentialCache, remembering_again_takes_no_second_place) {
  CredentialCache cache;
  cache.remember("alice", "secret", user("alice"), start);
  const Identity later = user("alice");
  cache.remember("alice", "secret", later, start + std::chrono::minutes(5));
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(cache.find("alice", "secret", start + std::chrono::minutes(12)), later);
}

TEST(CredentialCache, clear_forgets_all) {
  CredentialCache cache;
  cache.remember("alice", "secret", user("alice"), start);
  cache.clear();
  EXPECT_EQ(cache.find("alice", "secret", start), nullptr);
  cache.remember("alice", "secret", user("alice"), start);
  EXPECT_NE(cache.find("alice", "secret", start), nullptr);
}

}  // namespace
}  // namespace overlap::access
