#include "common/access/users.h"

#include <gtest/gtest.h>

#include "cheap.h"

namespace overlap::access {
namespace {

const std::string hash = "$scrypt$ln=10,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA";
const std::string digits(64, 'a');

std::vector<UserRecord> parse(const std::string& text) { return parse_users(text, "u.toml"); }

void expect_same(const UserRecord& a, const UserRecord& b) {
  EXPECT_EQ(a.name, b.name);
  ASSERT_EQ(a.password.has_value(), b.password.has_value());
  if (a.password) {
    EXPECT_EQ(a.password->text(), b.password->text());
  }
  EXPECT_EQ(a.tokens, b.tokens);
  EXPECT_EQ(a.home, b.home);
  EXPECT_EQ(a.rules, b.rules);
  EXPECT_EQ(a.bytes_per_second_max, b.bytes_per_second_max);
}

TEST(UsersFile, may_be_empty) {
  EXPECT_TRUE(parse("").empty());
  EXPECT_TRUE(parse("# only a comment\n").empty());
  EXPECT_TRUE(parse("user = []").empty());
}

TEST(UsersFile, holds_everything_about_a_user) {
  const auto users = parse(R"(
[[user]]
name = "alice"
password = ")" + hash + R"("
home = "/alice"
bytes_per_second_max = 1000
[[user.rule]]
prefix = "/photos/2024"
rights = ["list", "read"]
[[user.rule]]
prefix = "/"
rights = []
[[user.token]]
label = "the laptop"
sha256 = ")" + digits + R"("
created = 2026-01-31T23:59:59Z
[[user]]
name = "bob"
)");
  ASSERT_EQ(users.size(), 2u);
  const UserRecord& alice = users[0];
  EXPECT_EQ(alice.name, "alice");
  ASSERT_TRUE(alice.password);
  EXPECT_EQ(alice.password->text(), hash);
  EXPECT_EQ(alice.home, "alice");
  EXPECT_EQ(alice.bytes_per_second_max, 1000u);
  EXPECT_EQ(alice.rules, (std::vector<Rule>{{"photos/2024", Right::list | Right::read}, {"", {}}}));
  ASSERT_EQ(alice.tokens.size(), 1u);
  EXPECT_EQ(alice.tokens[0].label, "the laptop");
  EXPECT_EQ(describe(alice.tokens[0].hash), digits);
  EXPECT_EQ(alice.tokens[0].created_unix_seconds, 1769903999);
  EXPECT_EQ(users[1].name, "bob");
  EXPECT_FALSE(users[1].password);
  EXPECT_FALSE(users[1].home);
  EXPECT_EQ(users[1].bytes_per_second_max, 0u);
}

TEST(UsersFile, home_is_a_rule_with_all_rights) {
  UserRecord user;
  user.home = "alice";
  user.rules = {{"", Right::read}};
  EXPECT_EQ(user.all_rules(), (std::vector<Rule>{{"", Right::read}, {"alice", Rights::all()}}));
  user.home.reset();
  EXPECT_EQ(user.all_rules(), user.rules);
}

TEST(UsersFile, reads_back_as_it_was_written) {
  UserRecord alice = user_with_password("al\"i\\ce \u00e9", "secret");
  alice.home = "people/alice";
  alice.rules = {{"photos/2024", Right::list | Right::read},
                 {"", Rights()},
                 {"100% '\u00e9/비밀", Rights::all()}};
  alice.tokens = {{"laptop", hash_token("a"), 0}, {"\"", hash_token("b"), 4102444800}};
  alice.bytes_per_second_max = bytes_per_second_limit_max;
  UserRecord bob;
  bob.name = "bob";
  bob.home = "";
  const std::string text = describe({alice, bob});
  const auto read = parse(text);
  ASSERT_EQ(read.size(), 2u);
  expect_same(read[0], alice);
  expect_same(read[1], bob);
  EXPECT_EQ(describe(read), text);
}

TEST(UsersFile, says_in_its_first_line_who_writes_it) {
  const std::string text = describe(std::vector<UserRecord>{});
  EXPECT_TRUE(text.starts_with("# The users of Overlap. \"overlap-service user\" writes this file"))
      << text;
  EXPECT_TRUE(parse(text).empty());
}

TEST(UsersFile, holds_no_secret) {
  const UserRecord user = user_with_password("alice", "open sesame");
  const std::string text = describe({user});
  EXPECT_EQ(text.find("open sesame"), std::string::npos);
  EXPECT_NE(text.find("$scrypt$"), std::string::npos);
}

TEST(UserName, is_1_to_64_characters) {
  const auto check = [](const std::string& name) { return check_user_name(name); };
  EXPECT_EQ(check("a"), "");
  EXPECT_EQ(check("alice@example.org"), "");
  EXPECT_EQ(check("Alice Example \u00e9 비밀"), "");
  EXPECT_EQ(check(std::string(64, 'a')), "");
  EXPECT_NE(check(std::string(65, 'a')), "");
  std::string umlauts;
  for (int i = 0; i < 64; ++i) umlauts += "\u00e4";
  EXPECT_EQ(check(umlauts), "");
  EXPECT_NE(check(umlauts + "a"), "");
  for (const char* bad : {"", "a:b", ":", " a", "a ", "a\nb", "a\x7F", "a\u0085", "\xFF", "\t"})
    EXPECT_NE(check(bad), "") << bad;
  EXPECT_NE(check(std::string("a\0b", 3)), "");
}

}  // namespace
}  // namespace overlap::access
