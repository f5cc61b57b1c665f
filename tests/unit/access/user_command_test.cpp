#include "service/commands/user_command.h"

#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "cheap.h"
#include "service/log/wide.h"
#include "service/win/handle.h"
#include "tests/server/folder.h"

namespace overlap::commands {
namespace {

using access::Right;
using access::Rights;
using access::UserRecord;
using Verb = UserCommand::Verb;

class User : public testing::Test {
 protected:
  User() : file_(win::to_utf8((folder_.path() / L"us\u00e9rs.toml").wstring())) {}

  Exit run(UserCommand command) {
    printed_.clear();
    noted_.clear();
    const auto into = [](std::string& text) {
      return [&text](std::string_view line) { (text += line) += '\n'; };
    };
    return commands::run(command, file_,
                         {into(printed_), into(noted_), [&] { return password_; }, 1769903999});
  }
  Exit add(const std::string& name) {
    return run({.verb = Verb::add, .name = name, .without_password = true});
  }
  UserRecord only() {
    const auto users = file_.read();
    EXPECT_EQ(users.size(), 1u);
    return users.at(0);
  }

  test::Folder folder_;
  access::UsersFile file_;
  std::string password_ = "open sesame";
  std::string printed_;
  std::string noted_;
};

TEST_F(User, is_added_with_password_home_rules_and_bandwidth) {
  EXPECT_EQ(run({.verb = Verb::add,
                 .name = "alice",
                 .home = "/people/alice/",
                 .rules = {"/=list", "photos=read,list", "a=b=all"},
                 .bandwidth = 1000}),
            Exit::done)
      << noted_;
  const UserRecord user = only();
  EXPECT_EQ(user.name, "alice");
  ASSERT_TRUE(user.password);
  EXPECT_TRUE(user.password->matches("open sesame"));
  EXPECT_EQ(user.password->cost(), access::ScryptCost());
  EXPECT_EQ(user.home, "people/alice");
  EXPECT_EQ(user.rules,
            (std::vector<access::Rule>{
                {"", Right::list}, {"photos", Right::list | Right::read}, {"a=b", Rights::all()}}));
  EXPECT_EQ(user.bytes_per_second_max, 1000u);
  EXPECT_EQ(noted_, "The user \"alice\" was added.\n");
  EXPECT_EQ(printed_, "");
}

TEST_F(User, is_told_to_have_no_rights_when_there_are_none) {
  EXPECT_EQ(add("alice"), Exit::done);
  EXPECT_NE(noted_.find("This user may do nothing yet"), std::string::npos) << noted_;
  EXPECT_FALSE(only().password);
}

TEST_F(User, is_not_added_twice) {
  add("alice");
  EXPECT_EQ(add("alice"), Exit::refused);
  EXPECT_EQ(noted_, "There is a user \"alice\" already.\n");
  EXPECT_EQ(add("Alice"), Exit::done);
}

TEST_F(User, with_a_mistake_is_not_added) {
  for (const UserCommand& command : {
           UserCommand{.name = "a:b"},
           UserCommand{.name = ""},
           UserCommand{.name = "a", .home = "/a/../b"},
           UserCommand{.name = "a", .rules = {"/a"}},
           UserCommand{.name = "a", .rules = {"/a=reed"}},
           UserCommand{.name = "a", .rules = {"/a\\b=read"}},
           UserCommand{.name = "a", .home = "/A", .rules = {"/a=read"}},
       }) {
    UserCommand add = command;
    add.verb = Verb::add;
    add.without_password = true;
    EXPECT_EQ(run(add), Exit::not_valid);
    EXPECT_FALSE(noted_.empty());
  }
  EXPECT_EQ(folder_.entries(), 0u);
}

TEST_F(User, gets_another_password) {
  run({.verb = Verb::add, .name = "alice"});
  password_ = "another one";
  EXPECT_EQ(run({.verb = Verb::passwd, .name = "alice"}), Exit::done);
  EXPECT_TRUE(only().password->matches("another one"));
  EXPECT_EQ(run({.verb = Verb::passwd, .name = "bob"}), Exit::refused);
  EXPECT_EQ(noted_, "There is no user \"bob\".\n");
}

TEST_F(User, is_removed) {
  add("alice");
  add("bob");
  EXPECT_EQ(run({.verb = Verb::remove, .name = "alice"}), Exit::done);
  EXPECT_EQ(only().name, "bob");
  EXPECT_EQ(run({.verb = Verb::remove, .name = "alice"}), Exit::refused);
}

TEST_F(User, rules_are_added_replaced_and_removed) {
  add("alice");
  const auto allow = [&](std::vector<std::string> rules) {
    return run({.verb = Verb::allow, .name = "alice", .rules = std::move(rules)});
  };
  EXPECT_EQ(allow({"/=read", "/secret=none"}), Exit::done);
  EXPECT_EQ(printed_, "alice\tno password\t/=read\t/secret=none\n");
  EXPECT_EQ(allow({"/SECRET=list", "/="}), Exit::done);
  EXPECT_EQ(only().rules, (std::vector<access::Rule>{{"SECRET", Right::list}}));
  EXPECT_EQ(allow({"/a=read", "/b=reed"}), Exit::not_valid);
  EXPECT_EQ(only().rules.size(), 1u) << "all or nothing";
}

TEST_F(User, has_a_bounded_number_of_rules) {
  add("alice");
  UserCommand command{.verb = Verb::allow, .name = "alice"};
  for (std::size_t i = 0; i < access::rules_per_user_max; ++i)
    command.rules.push_back("/" + std::to_string(i) + "=read");
  EXPECT_EQ(run(command), Exit::done);
  command.rules = {"/one more=read"};
  EXPECT_EQ(run(command), Exit::not_valid);
  EXPECT_EQ(noted_, "A user has at most 64 rules.\n");
}

TEST_F(User, gets_a_token_that_is_printed_once_and_stored_as_a_hash) {
  add("alice");
  EXPECT_EQ(run({.verb = Verb::token, .name = "alice", .label = "laptop"}), Exit::done);
  ASSERT_TRUE(printed_.starts_with(access::token_prefix)) << printed_;
  const std::string token = printed_.substr(0, printed_.size() - 1);
  const UserRecord user = only();
  ASSERT_EQ(user.tokens.size(), 1u);
  EXPECT_EQ(user.tokens[0].hash, access::hash_token(token));
  EXPECT_EQ(user.tokens[0].created_unix_seconds, 1769903999);
  EXPECT_EQ(folder_.read(win::to_utf8(L"us\u00e9rs.toml")).value_or("").find(token),
            std::string::npos);
  EXPECT_EQ(run({.verb = Verb::token, .name = "alice", .label = "laptop"}), Exit::refused);
  EXPECT_EQ(run({.verb = Verb::token, .name = "alice", .label = ""}), Exit::not_valid);
  EXPECT_EQ(run({.verb = Verb::revoke, .name = "alice", .label = "phone"}), Exit::refused);
  EXPECT_EQ(run({.verb = Verb::revoke, .name = "alice", .label = "laptop"}), Exit::done);
  EXPECT_TRUE(only().tokens.empty());
}

TEST_F(User, has_a_bounded_number_of_tokens) {
  add("alice");
  for (std::size_t i = 0; i < access::tokens_per_user_max; ++i)
    ASSERT_EQ(run({.verb = Verb::token, .name = "alice", .label = std::to_string(i)}), Exit::done);
  EXPECT_EQ(run({.verb = Verb::token, .name = "alice", .label = "one more"}), Exit::refused);
}

TEST_F(User, list_shows_everybody_and_no_secret) {
  EXPECT_EQ(run({}), Exit::done);
  EXPECT_EQ(printed_, "");
  run({.verb = Verb::add, .name = "alice", .home = "/alice", .bandwidth = 7});
  add("bob");
  run({.verb = Verb::token, .name = "bob", .label = "laptop"});
  EXPECT_EQ(run({}), Exit::done);
  EXPECT_EQ(printed_,
            "alice\tpassword\t/alice=all\t7 bytes/s\n"
            "bob\tno password\n"
            "\ttoken \"laptop\" of 2026-01-31\n");
}

TEST_F(User, commands_refuse_a_file_that_is_wrong_and_leave_it) {
  const std::string wrong = "[[user]]\nname = 7\n";
  std::ofstream(folder_.path() / L"us\u00e9rs.toml", std::ios::binary) << wrong;
  EXPECT_EQ(add("alice"), Exit::not_valid);
  EXPECT_NE(noted_.find(":2: user.name: must be a string"), std::string::npos) << noted_;
  EXPECT_EQ(run({.verb = Verb::remove, .name = "alice"}), Exit::not_valid);
  std::ifstream stream(folder_.path() / L"us\u00e9rs.toml", std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), wrong);
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(User, commands_say_when_the_folder_is_missing) {
  file_ = access::UsersFile(win::to_utf8((folder_.path() / "no" / "users.toml").wstring()));
  EXPECT_EQ(add("alice"), Exit::failed);
  EXPECT_NE(noted_.find("users.toml"), std::string::npos) << noted_;
}

TEST_F(User, changes_by_many_programs_at_once_are_all_kept) {
  constexpr int each = 10;
  std::vector<std::thread> programs;
  std::mutex mutex;
  std::string complaints;
  for (char first : {'a', 'b', 'c'}) {
    programs.emplace_back([&, first] {
      for (int i = 0; i < each; ++i) {
        UserCommand command{.verb = Verb::add,
                            .name = std::string(1, first) + std::to_string(i),
                            .without_password = true};
        std::string said;
        const Dialogue dialogue{[](std::string_view) {},
                                [&](std::string_view line) { (said += line) += '\n'; },
                                [] { return ""; }};
        if (commands::run(command, file_, dialogue) == Exit::done) continue;
        const std::lock_guard hold(mutex);
        complaints += said;
      }
    });
  }
  for (auto& program : programs) program.join();
  EXPECT_EQ(complaints, "");
  EXPECT_EQ(file_.read().size(), 3u * each);
  EXPECT_EQ(folder_.entries(), 1u) << "something was left behind";
}

TEST_F(User, a_draft_that_a_killed_program_left_behind_is_no_obstacle) {
  std::ofstream(folder_.path() / L"us\u00e9rs.toml.new", std::ios::binary) << "half";
  EXPECT_EQ(add("alice"), Exit::done) << noted_;
  EXPECT_EQ(only().name, "alice");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(User, a_change_waits_for_a_program_that_holds_the_file) {
  add("alice");
  win::FileHandle held(CreateFileW((folder_.path() / L"us\u00e9rs.toml").c_str(), GENERIC_READ,
                                   FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr));
  ASSERT_TRUE(held);
  std::thread program([&] { EXPECT_EQ(add("bob"), Exit::done) << noted_; });
  // The draft is there as long as the change waits: it has begun.
  while (folder_.entries() < 2) std::this_thread::yield();
  held.reset();
  program.join();
  EXPECT_EQ(file_.read().size(), 2u);
}

TEST(NewPassword, has_8_characters_and_fits_into_a_request) {
  EXPECT_EQ(check_new_password("12345678"), "");
  EXPECT_NE(check_new_password("1234567"), "");
  EXPECT_EQ(check_new_password("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"), "");
  EXPECT_NE(check_new_password("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"), "");
  EXPECT_EQ(check_new_password(std::string(512, 'x')), "");
  EXPECT_NE(check_new_password(std::string(513, 'x')), "");
  EXPECT_NE(check_new_password("1234567\n"), "");
  EXPECT_NE(check_new_password("12345678\x7F"), "");
  EXPECT_NE(check_new_password("12345678\xFF"), "");
  EXPECT_EQ(check_new_password("a: b%\"\\ 8"), "");
}

}  // namespace
}  // namespace overlap::commands
