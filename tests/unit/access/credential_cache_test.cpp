#include "common/access/credential_cache.h"

#include <gtest/gtest.h>

namespace overlap::access {
namespace {

constexpr Instant start = std::chrono::hours(5);
const ClientNetwork client = client_network("192.0.2.1");

Identity user(const std::string& name) {
  return std::make_shared<const User>(name, std::vector<Rule>{}, 0);
}
std::string number(std::size_t i) { return std::to_string(i); }

TEST(CredentialCache, knows_what_it_was_told_and_nothing_like_it) {
  CredentialCache cache;
  const Identity alice = user("alice");
  cache.remember(client, "alice", "secret", alice, start);
  EXPECT_EQ(cache.find(client, "alice", "secret", start), alice);
  EXPECT_EQ(cache.find(client, "alice", "Secret", start), nullptr);
  EXPECT_EQ(cache.find(client, "alice", "", start), nullptr);
  EXPECT_EQ(cache.find(client, "alic", "esecret", start), nullptr);
  EXPECT_EQ(cache.find(client, "alicesecret", "", start), nullptr);
}

TEST(CredentialCache,
     forgets_ten_minutes_after_the_password_was_verified_however_often_it_is_used) {
  CredentialCache cache;
  cache.remember(client, "alice", "secret", user("alice"), start);
  const Instant end = start + CredentialCache::lifetime;
  EXPECT_NE(cache.find(client, "alice", "secret", start + CredentialCache::lifetime / 2), nullptr);
  EXPECT_NE(cache.find(client, "alice", "secret", end - Instant(1)), nullptr);
  EXPECT_EQ(cache.find(client, "alice", "secret", end), nullptr);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(CredentialCache, forgets_the_one_that_was_not_used_longest_when_it_is_full) {
  CredentialCache cache;
  for (std::size_t i = 0; i < CredentialCache::entries_max; ++i)
    cache.remember(client, number(i), "p", user("u"), start);
  EXPECT_EQ(cache.size(), CredentialCache::entries_max);
  EXPECT_NE(cache.find(client, "0", "p", start), nullptr);  // now "1" is the oldest
  cache.remember(client, "one more", "p", user("u"), start);
  EXPECT_EQ(cache.size(), CredentialCache::entries_max);
  EXPECT_NE(cache.find(client, "0", "p", start), nullptr);
  EXPECT_EQ(cache.find(client, "1", "p", start), nullptr);
  EXPECT_NE(cache.find(client, "2", "p", start), nullptr);
}

TEST(CredentialCache, remembering_again_takes_no_second_place) {
  CredentialCache cache;
  cache.remember(client, "alice", "secret", user("alice"), start);
  const Identity later = user("alice");
  cache.remember(client, "alice", "secret", later, start + std::chrono::minutes(5));
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(cache.find(client, "alice", "secret", start + std::chrono::minutes(12)), later);
}

TEST(CredentialCache, another_password_of_the_user_takes_the_place_of_the_first) {
  CredentialCache cache;
  cache.remember(client, "alice", "secret", user("alice"), start);
  cache.remember(client, "alice", "new", user("alice"), start);
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(cache.find(client, "alice", "secret", start), nullptr);
  EXPECT_NE(cache.find(client, "alice", "new", start), nullptr);
}

TEST(CredentialCache, what_one_client_made_known_is_not_known_to_another) {
  CredentialCache cache;
  const ClientNetwork other = client_network("192.0.2.2");
  cache.remember(client, "alice", "secret", user("alice"), start);
  EXPECT_EQ(cache.find(other, "alice", "secret", start), nullptr);
  for (unsigned i = 0; i < 2 * CredentialCache::guesses_max; ++i)
    cache.find(other, "alice", "wrong", start);
  EXPECT_NE(cache.find(client, "alice", "secret", start), nullptr);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(CredentialCache, compares_some_guesses_at_a_user_in_a_time_and_not_one_more) {
  CredentialCache cache;
  cache.remember(client, "alice", "secret", user("alice"), start);
  cache.remember(client, "bob", "secret", user("bob"), start);
  for (unsigned i = 1; i < CredentialCache::guesses_max; ++i)
    cache.find(client, "alice", "wrong", start);
  EXPECT_NE(cache.find(client, "alice", "secret", start), nullptr);
  cache.find(client, "alice", "wrong", start + Instant(1));
  const Instant end = start + CredentialCache::guessing_time;
  EXPECT_EQ(cache.find(client, "alice", "secret", end - Instant(1)), nullptr);
  cache.remember(client, "alice", "secret", user("alice"), start);
  EXPECT_EQ(cache.find(client, "alice", "secret", end - Instant(1)), nullptr);
  EXPECT_NE(cache.find(client, "bob", "secret", end - Instant(1)), nullptr);
  EXPECT_NE(cache.find(client, "alice", "secret", end), nullptr);
  for (unsigned i = 0; i < CredentialCache::guesses_max; ++i)
    cache.find(client, "alice", "wrong", end);
  EXPECT_EQ(cache.find(client, "alice", "secret", end), nullptr) << "a new time has its bound";
}

TEST(CredentialCache, clear_forgets_all) {
  CredentialCache cache;
  cache.remember(client, "alice", "secret", user("alice"), start);
  cache.clear();
  EXPECT_EQ(cache.find(client, "alice", "secret", start), nullptr);
  cache.remember(client, "alice", "secret", user("alice"), start);
  EXPECT_NE(cache.find(client, "alice", "secret", start), nullptr);
}

}  // namespace
}  // namespace overlap::access
