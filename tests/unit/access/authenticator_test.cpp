#include "common/access/authenticator.h"

#include <gtest/gtest.h>

#include <thread>

#include "cheap.h"
#include "common/protocol/base64.h"
#include "path_of.h"

namespace overlap::access {
namespace {

using std::chrono::milliseconds;
constexpr Instant start = std::chrono::hours(5);

std::string basic(const std::string& name, const std::string& password) {
  const std::string both = name + ":" + password;
  std::string text(protocol::base64_length(both.size()), '\0');
  protocol::encode_base64(std::as_bytes(std::span(both)), text.data());
  return "Basic " + text;
}

class Login : public testing::Test {
 protected:
  Login() : authenticator_(make_anonymous(true, false)) {
    peer_.address = "192.0.2.1";
    peer_.secure = true;
    use({user_with_password("alice", "secret"), user_with_password("bob", "other")});
  }

  // Since the users were made.
  std::uint64_t hashed() const { return scrypt_runs() - runs_before_; }

  void use(const std::vector<UserRecord>& users) {
    authenticator_.replace_users(std::make_shared<const Directory>(users));
    runs_before_ = scrypt_runs();
  }
  std::optional<Verdict> recall(const std::string& authorization, Instant now = start) {
    return authenticator_.recall(authorization, peer_, now);
  }
  Verdict verify(const std::string& authorization, Instant now = start) {
    return authenticator_.verify(authorization, peer_, now);
  }
  // At the last moment that was given.
  LoginResult recalled(const std::string& authorization) {
    const auto verdict = recall(authorization, now_);
    EXPECT_TRUE(verdict) << authorization;
    return verdict ? verdict->outcome.result : LoginResult::insecure;
  }
  // When no wait of before holds the address back any more.
  Verdict verify_later(const std::string& authorization) {
    return verify(authorization, now_ += LoginThrottle::wait_max);
  }

  Authenticator authenticator_;
  PeerInfo peer_;
  std::uint64_t runs_before_ = 0;
  Instant now_ = start;
};

TEST_F(Login, with_the_right_password_names_the_user) {
  EXPECT_FALSE(recall(basic("alice", "secret")));
  const Verdict verdict = verify(basic("alice", "secret"));
  EXPECT_EQ(verdict.outcome.result, LoginResult::ok);
  ASSERT_TRUE(verdict.outcome.user);
  EXPECT_EQ(verdict.outcome.user->name(), "alice");
  EXPECT_EQ(verdict.outcome.user->rights(path_of("/alice/x")), Rights::all());
  EXPECT_EQ(verdict.outcome.wait, Instant::zero());
}

TEST_F(Login, costs_one_hash_however_often_it_is_repeated) {
  verify(basic("alice", "secret"));
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(recalled(basic("alice", "secret")), LoginResult::ok);
    ASSERT_EQ(verify(basic("alice", "secret")).outcome.result, LoginResult::ok);
  }
  EXPECT_EQ(hashed(), 1u);
}

TEST_F(Login, costs_another_hash_after_ten_minutes) {
  verify(basic("alice", "secret"));
  EXPECT_FALSE(recall(basic("alice", "secret"), start + CredentialCache::lifetime));
  verify(basic("alice", "secret"), start + CredentialCache::lifetime);
  EXPECT_EQ(hashed(), 2u);
}

TEST_F(Login, costs_one_hash_each_time_that_it_fails_whether_the_user_exists_or_not) {
  UserRecord nobody;
  nobody.name = "certificate only";
  use({user_with_password("alice", "secret"), nobody});
  std::uint64_t runs = 0;
  for (const char* name : {"alice", "mallory", "certificate only"}) {
    for (int i = 0; i < 2; ++i) {
      const Verdict verdict = verify_later(basic(name, "wrong"));
      EXPECT_EQ(verdict.outcome.result, LoginResult::wrong);
      EXPECT_EQ(verdict.outcome.user, nullptr);
      EXPECT_EQ(verdict.name, name);
      EXPECT_EQ(hashed(), ++runs);
      EXPECT_FALSE(recall(basic(name, "wrong"), now_ + LoginThrottle::wait_max));
    }
  }
}

TEST_F(Login, failures_of_an_address_are_held_back_longer_and_longer_until_one_succeeds) {
  EXPECT_EQ(verify_later(basic("alice", "1")).outcome.wait, milliseconds(500));
  EXPECT_EQ(verify_later(basic("bob", "2")).outcome.wait, milliseconds(1000));
  now_ += LoginThrottle::wait_max;
  EXPECT_EQ(recall("Bearer overlap_x", now_)->outcome.wait, milliseconds(2000));
  peer_.address = "192.0.2.2";
  EXPECT_EQ(verify_later(basic("alice", "1")).outcome.wait, milliseconds(500));
  peer_.address = "192.0.2.1";
  EXPECT_EQ(verify_later(basic("alice", "secret")).outcome.result, LoginResult::ok);
  EXPECT_EQ(verify_later(basic("alice", "1")).outcome.wait, milliseconds(500));
}

TEST_F(Login, of_an_address_that_is_held_back_is_put_off_without_a_hash) {
  const Instant end = start + verify(basic("alice", "wrong")).outcome.wait;
  for (const char* password : {"wrong", "other", "secret"}) {
    const auto verdict = recall(basic("bob", password));
    ASSERT_TRUE(verdict) << password;
    EXPECT_EQ(verdict->outcome.result, LoginResult::busy) << password;
    EXPECT_EQ(verdict->outcome.wait, milliseconds(500)) << password;
    EXPECT_EQ(verify(basic("bob", password)).outcome.result, LoginResult::busy) << password;
  }
  EXPECT_EQ(recalled("Bearer overlap_x"), LoginResult::busy);
  EXPECT_EQ(verify(basic("bob", "other"), end - Instant(1)).outcome.wait, Instant(1));
  EXPECT_EQ(hashed(), 1u);
}

TEST_F(Login, with_the_right_password_works_once_the_wait_is_over) {
  const Instant end = start + verify(basic("alice", "wrong")).outcome.wait;
  EXPECT_EQ(verify(basic("bob", "other")).outcome.result, LoginResult::busy);
  EXPECT_FALSE(recall(basic("bob", "other"), end));
  EXPECT_EQ(verify(basic("bob", "other"), end).outcome.result, LoginResult::ok);
}

TEST_F(Login, that_is_put_off_is_no_failure_and_makes_nobody_wait_longer) {
  const Instant end = start + verify(basic("alice", "wrong")).outcome.wait;
  for (int i = 0; i < 20; ++i) {
    recall(basic("alice", "wrong"), end - Instant(1));
    verify(basic("alice", "wrong"), end - Instant(1));
    recall("Bearer overlap_x", end - Instant(1));
  }
  const Verdict verdict = verify(basic("alice", "wrong"), end);
  EXPECT_EQ(verdict.outcome.result, LoginResult::wrong);
  EXPECT_EQ(verdict.failures, 2u);
  EXPECT_EQ(verdict.outcome.wait, milliseconds(1000));
}

TEST_F(Login, that_is_known_passes_while_the_address_is_held_back) {
  UserRecord alice = user_with_password("alice", "secret");
  const std::string token = make_token();
  alice.tokens = {{"laptop", hash_token(token), 0}};
  use({alice});
  verify(basic("alice", "secret"));
  verify(basic("bob", "1"));
  EXPECT_EQ(recalled(basic("alice", "secret")), LoginResult::ok);
  EXPECT_EQ(recalled("Bearer " + token), LoginResult::ok);
  EXPECT_EQ(recalled(basic("bob", "other")), LoginResult::busy);
}

// What is remembered answers without a hash: it must not tell a guesser what is right.
TEST_F(Login, that_one_address_made_is_not_known_to_another) {
  verify(basic("alice", "secret"));
  peer_.address = "192.0.2.2";
  EXPECT_FALSE(recall(basic("alice", "secret")));
  verify(basic("alice", "1"));
  EXPECT_EQ(recalled(basic("alice", "secret")), LoginResult::busy);
}

TEST_F(Login, a_remembered_password_can_be_guessed_some_times_in_each_wait_and_no_more) {
  verify(basic("alice", "secret"));
  verify(basic("bob", "1"));  // holds the address back
  for (std::uint64_t i = 0; i < CredentialCache::guesses_max - 1; ++i)
    EXPECT_EQ(recalled(basic("alice", std::to_string(i))), LoginResult::busy);
  EXPECT_EQ(recalled(basic("alice", "secret")), LoginResult::ok);
  EXPECT_EQ(recalled(basic("alice", "one more")), LoginResult::busy);
  EXPECT_EQ(recalled(basic("alice", "secret")), LoginResult::busy);
  EXPECT_EQ(
      recall(basic("alice", "secret"), start + CredentialCache::guessing_time)->outcome.result,
      LoginResult::ok);
}

TEST_F(Login, from_an_ipv6_network_of_64_bits_is_held_back_as_from_one_address) {
  peer_.address = "2001:db8:1:2::1";
  verify(basic("alice", "1"));
  peer_.address = "2001:db8:1:2:ffff::2";
  EXPECT_EQ(recalled(basic("alice", "secret")), LoginResult::busy);
  peer_.address = "2001:db8:1:3::1";
  EXPECT_FALSE(recall(basic("alice", "secret")));
}

TEST_F(Login, a_success_that_was_remembered_does_not_hide_failures) {
  verify(basic("alice", "secret"));
  verify_later(basic("bob", "1"));
  EXPECT_EQ(recalled(basic("alice", "secret")), LoginResult::ok);
  EXPECT_EQ(verify_later(basic("bob", "1")).outcome.wait, std::chrono::seconds(1));
}

TEST_F(Login, a_right_token_does_not_hide_failures) {
  UserRecord alice;
  alice.name = "alice";
  const std::string token = make_token();
  alice.tokens = {{"laptop", hash_token(token), 0}};
  use({alice, user_with_password("bob", "other")});
  for (std::uint64_t i = 1; i < 12; ++i) {
    const Verdict verdict = verify_later(basic("bob", "wrong"));
    EXPECT_EQ(verdict.failures, i);
    EXPECT_EQ(verdict.notable, i == 10);
    EXPECT_EQ(recalled("Bearer " + token), LoginResult::ok);
  }
}

TEST_F(Login, the_tenth_failure_is_worth_telling) {
  for (int i = 1; i < 12; ++i) {
    const Verdict verdict = verify_later(basic("alice", "wrong"));
    EXPECT_EQ(verdict.failures, static_cast<std::uint64_t>(i));
    EXPECT_EQ(verdict.notable, i == 10);
  }
}

TEST_F(Login, with_a_token_needs_no_hash_of_a_password) {
  UserRecord alice;
  alice.name = "alice";
  const std::string token = make_token();
  alice.tokens = {{"laptop", hash_token(token), 0}};
  use({alice});
  const auto verdict = recall("Bearer " + token);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->outcome.result, LoginResult::ok);
  EXPECT_EQ(verdict->outcome.user->name(), "alice");
  EXPECT_EQ(recalled("bearer " + token), LoginResult::ok);
  EXPECT_EQ(recalled("Bearer " + token + "x"), LoginResult::wrong);
  now_ += LoginThrottle::wait_max;
  EXPECT_EQ(recalled("Bearer " + describe(hash_token(token))), LoginResult::wrong);
  EXPECT_EQ(hashed(), 0u);
}

TEST_F(Login, in_clear_text_over_a_network_is_refused_without_a_look_at_it) {
  peer_.secure = false;
  EXPECT_EQ(recalled(basic("alice", "secret")), LoginResult::insecure);
  EXPECT_EQ(recalled(basic("alice", "wrong")), LoginResult::insecure);
  EXPECT_EQ(recalled("Bearer overlap_x"), LoginResult::insecure);
  EXPECT_EQ(verify(basic("alice", "secret")).outcome.result, LoginResult::insecure);
  EXPECT_EQ(hashed(), 0u);
  peer_.loopback = true;
  EXPECT_EQ(verify(basic("alice", "secret")).outcome.result, LoginResult::ok);
}

TEST_F(Login, in_clear_text_is_refused_though_the_password_is_remembered) {
  verify(basic("alice", "secret"));
  peer_.secure = false;
  EXPECT_EQ(recalled(basic("alice", "secret")), LoginResult::insecure);
}

TEST_F(Login, that_cannot_be_read_is_malformed_and_no_failure) {
  for (const char* text :
       {"", "Basic", "Basic !", "Basic YQ==", "Digest x", "Bearer", "Bearer a b"})
    EXPECT_EQ(recalled(text), LoginResult::malformed) << text;
  EXPECT_EQ(verify(basic("alice", "wrong")).failures, 1u);
}

TEST_F(Login, other_users_take_effect_at_once) {
  verify(basic("alice", "secret"));
  use({user_with_password("alice", "new")});
  EXPECT_FALSE(recall(basic("alice", "secret")));
  EXPECT_EQ(verify(basic("alice", "secret")).outcome.result, LoginResult::wrong);
  EXPECT_EQ(verify_later(basic("alice", "new")).outcome.result, LoginResult::ok);
  use({});
  EXPECT_EQ(verify_later(basic("alice", "new")).outcome.result, LoginResult::wrong);
}

TEST_F(Login, failures_outlast_other_settings) {
  verify(basic("alice", "wrong"));
  authenticator_.replace(
      make_anonymous(false, true),
      std::make_shared<const Directory>(std::vector{user_with_password("alice", "new")}));
  EXPECT_EQ(authenticator_.anonymous()->rights(path_of("/x")),
            make_anonymous(false, true)->rights(path_of("/x")));
  const auto verdict = recall(basic("alice", "new"));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->outcome.result, LoginResult::busy);
  EXPECT_EQ(verify_later(basic("alice", "new")).outcome.result, LoginResult::ok);
}

TEST_F(Login, that_was_verified_against_users_of_before_is_not_remembered) {
  UserRecord alice;
  alice.name = "alice";
  alice.password = PasswordHash::make("secret");  // slow enough to be overtaken
  use({alice});
  std::thread client([&] { verify(basic("alice", "secret")); });
  while (hashed() == 0) std::this_thread::yield();
  authenticator_.replace_users(std::make_shared<const Directory>());
  client.join();
  EXPECT_FALSE(recall(basic("alice", "secret")));
}

TEST_F(Login, is_pointless_where_there_are_no_users) {
  EXPECT_TRUE(authenticator_.knows_users());
  use({});
  EXPECT_FALSE(authenticator_.knows_users());
}

TEST_F(Login, by_certificate_needs_a_user_of_that_name) {
  ASSERT_TRUE(authenticator_.named("alice"));
  EXPECT_EQ(authenticator_.named("alice")->name(), "alice");
  EXPECT_EQ(authenticator_.named("Alice"), nullptr);
  EXPECT_EQ(authenticator_.named(""), nullptr);
}

TEST(Anonymous, may_do_what_the_configuration_says) {
  const StorePath path = path_of("/a");
  const auto rights = [&](bool read, bool write) {
    return make_anonymous(read, write)->rights(path);
  };
  EXPECT_EQ(rights(false, false), Rights());
  EXPECT_EQ(rights(true, false), Right::list | Right::read);
  EXPECT_EQ(rights(false, true), Right::write | Right::remove);
  EXPECT_EQ(rights(true, true), Rights::all());
  EXPECT_EQ(make_anonymous(true, true)->name(), "");
}

// What ThreadSanitizer is asked to look at: log-ins of many while the users change.
TEST_F(Login, many_threads_log_in_while_the_users_change) {
  UserRecord alice = user_with_password("alice", "secret");
  const std::string token = make_token();
  alice.tokens = {{"t", hash_token(token), 0}};
  use({alice});
  std::vector<std::thread> threads;
  std::atomic<int> refused{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      PeerInfo peer;
      peer.address = "192.0.2." + std::to_string(t);
      peer.secure = true;
      for (int i = 0; i < 50; ++i) {
        const std::string authorization =
            i % 3 == 0 ? "Bearer " + token : basic("alice", i % 5 == 0 ? "wrong" : "secret");
        const Instant now = start + i * LoginThrottle::wait_max;
        auto verdict = authenticator_.recall(authorization, peer, now);
        if (!verdict) verdict = authenticator_.verify(authorization, peer, now);
        const bool right = authorization != basic("alice", "wrong");
        if ((verdict->outcome.result == LoginResult::ok) != right) ++refused;
        if (right && !authenticator_.named("alice")) ++refused;
      }
    });
  }
  for (int i = 0; i < 50; ++i) use({alice});
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused.load(), 0);
}

}  // namespace
}  // namespace overlap::access
