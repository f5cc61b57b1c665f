#include "service/access/gatekeeper.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <fstream>
#include <thread>

#include "cheap.h"
#include "common/protocol/base64.h"
#include "service/log/log.h"
#include "service/log/wide.h"
#include "service/scm/start_error.h"
#include "service/win/handle.h"
#include "tests/server/folder.h"

namespace overlap::access {
namespace {

constexpr std::chrono::seconds deadline{60};  // for anything on a busy machine

std::string basic(const std::string& name, const std::string& password) {
  const std::string both = name + ":" + password;
  std::string text(protocol::base64_length(both.size()), '\0');
  protocol::encode_base64(std::as_bytes(std::span(both)), text.data());
  return "Basic " + text;
}

// Counts answers; its jobs may go once they are counted.
class Answers {
 public:
  void add() {
    const std::lock_guard hold(mutex_);
    ++count_;
    came_.notify_all();
  }
  bool wait_for(std::size_t count) {
    std::unique_lock hold(mutex_);
    return came_.wait_for(hold, deadline, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::size_t count_ = 0;
};

struct Attempt : LoginJob {
  Attempt(Answers& all, std::string credentials, const std::string& address)
      : LoginJob(&on_answer), answers(all), text(std::move(credentials)) {
    who.address = address;
    who.secure = true;
    authorization = text;
    peer = &who;
  }
  Attempt(const Attempt&) = delete;
  static void on_answer(LoginJob& job) noexcept { static_cast<Attempt&>(job).answers.add(); }

  Answers& answers;
  std::string text;
  PeerInfo who;
};

class GatekeeperOfFile : public testing::Test {
 protected:
  GatekeeperOfFile() : file_(win::to_utf8((folder_.path() / "users.toml").wstring())) {
    access_.users_file = file_.path();
  }

  void use(const std::vector<UserRecord>& users) {
    file_.update([&](std::vector<UserRecord>& there) { there = users; });
    runs_before_ = scrypt_runs();
  }
  // Each log-in comes when no wait of before holds its address back any more.
  Now later() { return {Instant((now_ += LoginThrottle::wait_max.count()))}; }
  // Since use() was called last.
  std::uint64_t hashed() const { return scrypt_runs() - runs_before_; }
  LoginOutcome log_in(Gatekeeper& gatekeeper, const std::string& credentials,
                      const std::string& address = "192.0.2.1") {
    Answers answers;
    Attempt attempt(answers, credentials, address);
    attempt.now = later();
    if (auto known = gatekeeper.recall(attempt.authorization, attempt.who, attempt.now.monotonic))
      return *known;
    gatekeeper.submit(attempt);
    EXPECT_TRUE(answers.wait_for(1));
    return attempt.outcome;
  }
  bool knows(Gatekeeper& gatekeeper, const std::string& name, const std::string& password) {
    return log_in(gatekeeper, basic(name, password)).result == LoginResult::ok;
  }

  test::Folder folder_;
  UsersFile file_;
  config::Access access_;
  std::uint64_t runs_before_ = 0;
  std::atomic<Instant::rep> now_{0};
};

TEST_F(GatekeeperOfFile, verifies_a_password_once_and_then_remembers) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(knows(gatekeeper, "alice", "secret"));
  EXPECT_EQ(hashed(), 1u);
  EXPECT_FALSE(knows(gatekeeper, "alice", "wrong"));
  EXPECT_EQ(hashed(), 2u);
}

TEST_F(GatekeeperOfFile, knows_users_by_certificate_and_the_nameless) {
  use({user_with_password("alice", "secret")});
  access_.anonymous_read = true;
  const Gatekeeper gatekeeper(access_);
  EXPECT_TRUE(gatekeeper.knows_users());
  ASSERT_TRUE(gatekeeper.named("alice"));
  EXPECT_EQ(gatekeeper.named("bob"), nullptr);
  EXPECT_EQ(gatekeeper.anonymous()->rights(StorePath()), Right::list | Right::read);
}

TEST_F(GatekeeperOfFile, knows_nobody_where_no_file_is_named) {
  access_.users_file.clear();
  Gatekeeper gatekeeper(access_);
  gatekeeper.refresh();
  EXPECT_FALSE(gatekeeper.knows_users());
  EXPECT_FALSE(knows(gatekeeper, "alice", "secret"));
}

TEST_F(GatekeeperOfFile, starts_without_the_file_and_reads_it_when_it_comes) {
  Gatekeeper gatekeeper(access_);
  EXPECT_FALSE(gatekeeper.knows_users());
  use({user_with_password("alice", "secret")});
  gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "alice", "secret"));
}

TEST_F(GatekeeperOfFile, does_not_start_with_a_file_that_is_wrong) {
  folder_.write("users.toml", "[[user]]\nname = 7\n");
  try {
    const Gatekeeper gatekeeper(access_);
    FAIL() << "no exception";
  } catch (const scm::StartError& error) {
    EXPECT_EQ(error.code(), scm::ExitCode::config);
    EXPECT_EQ(std::string(error.what()),
              "the users are not valid: " + file_.path() + ":2: user.name: must be a string.");
  }
}

TEST_F(GatekeeperOfFile, follows_changes_of_the_file) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  ASSERT_TRUE(knows(gatekeeper, "alice", "secret"));
  // Nothing but the hash changes: time and identity of the file tell, its size does not.
  use({user_with_password("alice", "public")});
  gatekeeper.refresh();
  EXPECT_FALSE(knows(gatekeeper, "alice", "secret"));
  EXPECT_TRUE(knows(gatekeeper, "alice", "public"));
  use({});
  gatekeeper.refresh();
  EXPECT_FALSE(knows(gatekeeper, "alice", "public"));
}

TEST_F(GatekeeperOfFile, does_not_read_a_file_that_has_not_changed) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  ASSERT_TRUE(knows(gatekeeper, "alice", "secret"));
  for (int i = 0; i < 5; ++i) gatekeeper.refresh();
  ASSERT_TRUE(knows(gatekeeper, "alice", "secret"));
  EXPECT_EQ(hashed(), 1u) << "a reload forgets";
}

// The log that a test has written, line by line.
class GatekeeperWithLog : public GatekeeperOfFile {
 protected:
  GatekeeperWithLog() {
    config_.file = win::to_utf8((folder_.path() / "overlap.log").wstring());
    config_.event_log = false;
    logging_.emplace(config_, log::Console::off);
  }
  std::string log_text() {
    logging_.reset();  // writes everything that is queued
    return folder_.read("overlap.log").value_or("");
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
    return found;
  }

  config::Log config_;
  std::optional<log::Logging> logging_;
};

TEST_F(GatekeeperWithLog, keeps_the_users_of_before_when_the_file_gets_wrong_and_says_so_once) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  folder_.write("users.toml", std::string(users_file_begins) + "\n[[user]]\nname = 7\n");
  for (int i = 0; i < 3; ++i) gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "alice", "secret"));
  folder_.write("users.toml", describe(std::vector<UserRecord>{}));
  gatekeeper.refresh();
  EXPECT_FALSE(knows(gatekeeper, "alice", "secret"));
  const std::string text = log_text();
  EXPECT_EQ(count(text, "The users were read again and refused: "), 1u) << text;
  EXPECT_EQ(count(text, "users.toml:3: user.name: must be a string. Those of before stay."), 1u)
      << text;
}

// An editor that saves in place empties the file first.
TEST_F(GatekeeperWithLog, keeps_the_users_of_before_when_the_file_is_empty_or_half_written) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  for (const char* content : {"", "# The users of Over", "user = []\n"}) {
    folder_.write("users.toml", content);
    for (int i = 0; i < 3; ++i) gatekeeper.refresh();
    EXPECT_TRUE(knows(gatekeeper, "alice", "secret")) << content;
  }
  folder_.write("users.toml", describe({user_with_password("bob", "secret")}));
  gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "bob", "secret"));
  EXPECT_FALSE(knows(gatekeeper, "alice", "secret"));
  const std::string text = log_text();
  EXPECT_EQ(count(text, "users.toml: is empty. Those of before stay."), 1u) << text;
  EXPECT_EQ(count(text, "users.toml:1: must begin with \"# The users of Overlap.\"."), 1u) << text;
}

TEST_F(GatekeeperWithLog, keeps_the_users_of_before_when_the_file_goes_and_says_so_once) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  std::filesystem::remove(folder_.path() / "users.toml");
  for (int i = 0; i < 3; ++i) gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "alice", "secret"));
  use({user_with_password("bob", "secret")});
  gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "bob", "secret"));
  const std::string text = log_text();
  EXPECT_EQ(count(text, "is gone. Those of before stay."), 1u) << text;
}

TEST_F(GatekeeperWithLog, tries_again_to_read_a_file_that_another_program_held) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  use({user_with_password("bob", "secret")});
  {
    const win::FileHandle held(CreateFileW((folder_.path() / "users.toml").c_str(), GENERIC_READ, 0,
                                           nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
    ASSERT_TRUE(held);
    for (int i = 0; i < 3; ++i) gatekeeper.refresh();
    EXPECT_TRUE(knows(gatekeeper, "alice", "secret"));
  }
  gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "bob", "secret"));
  const std::string text = log_text();
  EXPECT_EQ(count(text, "refused: cannot read the file"), 1u) << text;
}

TEST_F(GatekeeperWithLog, writes_failures_down_with_address_and_name_and_without_the_password) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(log_in(gatekeeper, basic("alice", "hunter2")).result, LoginResult::wrong);
  EXPECT_EQ(log_in(gatekeeper, "Bearer overlap_abc", "2001:db8::1").result, LoginResult::wrong);
  const std::string text = log_text();
  EXPECT_EQ(count(text,
                  "a log-in from 192.0.2.1 has failed, 3 without a success, by the user "
                  "\"alice\"\n") +
                count(text,
                      "a log-in from 192.0.2.1 has failed, 3 without a success, by the user "
                      "\"alice\"\r\n"),
            1u)
      << text;
  EXPECT_EQ(count(text, "from 2001:db8::1 has failed, 1 without a success, by a token"), 1u)
      << text;
  EXPECT_EQ(count(text,
                  "10 log-ins from the address 192.0.2.1 have failed, with none in between "
                  "that succeeded. The last one was by the user \"alice\"."),
            1u)
      << text;
  EXPECT_EQ(count(text, "hunter2") + count(text, basic("alice", "hunter2").substr(6)) +
                count(text, "overlap_abc"),
            0u)
      << text;
}

// Holds the one thread that verifies until it is let go.
class Blocker : public Attempt {
 public:
  explicit Blocker(Answers& all) : Attempt(all, basic("nobody", "x"), "192.0.2.200") {
    answered = [](LoginJob& job) noexcept {
      auto& self = static_cast<Blocker&>(static_cast<Attempt&>(job));
      self.answers.add();
      std::unique_lock hold(self.mutex_);
      self.changed_.wait(hold, [&] { return self.free_; });
      hold.unlock();
      self.left.add();
    };
  }
  void let_go() {
    const std::lock_guard hold(mutex_);
    free_ = true;
    changed_.notify_all();
  }
  Answers left;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool free_ = false;
};

TEST_F(GatekeeperOfFile, a_flood_is_refused_at_its_bounds_for_one_address_and_for_all) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  Answers blocked;
  Blocker blocker(blocked);
  gatekeeper.submit(blocker);
  ASSERT_TRUE(blocked.wait_for(1));  // it has left its place, and keeps the thread

  Answers answers;
  std::deque<Attempt> attempts;
  std::size_t busy = 0;
  const auto submit = [&](const std::string& address) {
    attempts.emplace_back(answers, basic("alice", "secret"), address);
    attempts.back().outcome.result = LoginResult::malformed;
    gatekeeper.submit(attempts.back());
    busy += attempts.back().outcome.result == LoginResult::busy;
    return attempts.back().outcome.result;
  };
  constexpr std::size_t each = Gatekeeper::waiting_per_address_max;
  for (std::size_t i = 0; i < each; ++i) EXPECT_NE(submit("192.0.2.1"), LoginResult::busy) << i;
  EXPECT_EQ(submit("192.0.2.1"), LoginResult::busy);
  for (std::size_t i = each; i < Gatekeeper::waiting_max; ++i)
    EXPECT_NE(submit("198.51.100." + std::to_string(i)), LoginResult::busy) << i;
  EXPECT_EQ(submit("203.0.113.1"), LoginResult::busy);

  blocker.let_go();
  ASSERT_TRUE(answers.wait_for(attempts.size()));
  ASSERT_TRUE(blocker.left.wait_for(1));
  EXPECT_EQ(busy, 2u);
  std::size_t ok = 0;
  for (const Attempt& attempt : attempts) ok += attempt.outcome.result == LoginResult::ok;
  EXPECT_EQ(ok, Gatekeeper::waiting_max);
  EXPECT_EQ(hashed(), 1 + 1 + Gatekeeper::waiting_max - each)
      << "those of one address that waited for the same need one hash";
  EXPECT_EQ(log_in(gatekeeper, basic("alice", "x"), "203.0.113.1").result, LoginResult::wrong)
      << "there is room again";
}

TEST_F(GatekeeperOfFile, an_ipv6_network_has_the_places_of_one_address) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  Answers blocked;
  Blocker blocker(blocked);
  gatekeeper.submit(blocker);
  ASSERT_TRUE(blocked.wait_for(1));
  Answers answers;
  std::deque<Attempt> attempts;
  const auto submit = [&](const std::string& address) {
    attempts.emplace_back(answers, basic("alice", "secret"), address);
    attempts.back().outcome.result = LoginResult::malformed;
    gatekeeper.submit(attempts.back());
    return attempts.back().outcome.result;
  };
  for (std::size_t i = 0; i < Gatekeeper::waiting_per_address_max; ++i)
    EXPECT_NE(submit("2001:db8::" + std::to_string(i)), LoginResult::busy) << i;
  EXPECT_EQ(submit("2001:db8::ffff:1"), LoginResult::busy);
  EXPECT_NE(submit("2001:db8:0:1::1"), LoginResult::busy);
  blocker.let_go();
  EXPECT_TRUE(answers.wait_for(attempts.size()));
  EXPECT_TRUE(blocker.left.wait_for(1));
}

TEST_F(GatekeeperOfFile, guesses_that_one_address_gives_at_once_cost_one_hash) {
  use({user_with_password("alice", "secret")});
  Gatekeeper gatekeeper(access_);
  Answers answers;
  std::deque<Attempt> attempts;
  for (std::size_t i = 0; i < Gatekeeper::waiting_per_address_max; ++i)
    attempts.emplace_back(answers, basic("alice", std::to_string(i)), "192.0.2.1");
  for (Attempt& attempt : attempts) gatekeeper.submit(attempt);
  ASSERT_TRUE(answers.wait_for(attempts.size()));
  EXPECT_EQ(attempts.front().outcome.result, LoginResult::wrong);
  for (std::size_t i = 1; i < attempts.size(); ++i)
    EXPECT_EQ(attempts[i].outcome.result, LoginResult::busy) << i;
  EXPECT_EQ(hashed(), 1u);
  EXPECT_TRUE(knows(gatekeeper, "alice", "secret")) << "after the wait";
}

TEST_F(GatekeeperOfFile, answers_many_threads_while_the_file_changes) {
  use({user_with_password("alice", "secret"), user_with_password("bob", "secret")});
  Gatekeeper gatekeeper(access_);
  constexpr int threads = 4;
  constexpr int rounds = 25;
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int t = 0; t < threads; ++t) {
    clients.emplace_back([&, t] {
      const std::string address = "192.0.2." + std::to_string(t);
      for (int i = 0; i < rounds; ++i) {
        const bool right = i % 4 != 0;
        const auto outcome = log_in(gatekeeper, basic("bob", right ? "secret" : "wrong"), address);
        wrong += (outcome.result == LoginResult::ok) != right;
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    use({user_with_password("alice", std::to_string(i)), user_with_password("bob", "secret")});
    gatekeeper.refresh();
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace overlap::access
