#include <gtest/gtest.h>

#include <ostream>

#include "common/access/users.h"

namespace overlap::access {
namespace {

using Lines = std::vector<std::string>;

Lines problems_of(const std::string& text) {
  try {
    parse_users(text, "u.toml");
  } catch (const UsersError& error) {
    return error.problems();
  }
  return {};
}

struct Wrong {
  std::string text;
  Lines problems;
};
std::ostream& operator<<(std::ostream& out, const Wrong& row) { return out << row.text; }

class WrongUsers : public testing::TestWithParam<Wrong> {};

TEST_P(WrongUsers, are_refused_with_line_key_and_reason) {
  EXPECT_EQ(problems_of(GetParam().text), GetParam().problems);
}

Wrong user(const std::string& line, const std::string& problem) {
  return {"[[user]]\nname = \"alice\"\n" + line, {"u.toml:3: " + problem}};
}
Wrong rule(const std::string& line, const std::string& problem) {
  return {"[[user]]\nname = \"alice\"\n[[user.rule]]\nprefix = \"/a\"\n" + line,
          {"u.toml:5: " + problem}};
}
Wrong token(const std::string& line, const std::string& problem) {
  return {"[[user]]\nname = \"alice\"\n[[user.token]]\nlabel = \"l\"\n" + line,
          {"u.toml:5: " + problem}};
}
const std::string digits(64, 'a');
const std::string sha256 = "sha256 = \"" + digits + "\"\n";
const std::string created = "created = 2026-01-31T23:59:59Z\n";
const char bad_hash[] =
    "user.password: must be a hash as \"overlap-service user passwd\" makes it, within its bounds";
const char bad_rights[] =
    "user.rule.rights: must be an array of \"list\", \"read\", \"write\", \"delete\"";
const char bad_time[] = "user.token.created: must be a time such as 2026-01-31T23:59:59Z";
const char bad_bandwidth[] =
    "user.bytes_per_second_max: must be a whole number, 0 to 1099511627776";

INSTANTIATE_TEST_SUITE_P(
    keys, WrongUsers,
    testing::ValuesIn(std::vector<Wrong>{
        {"user = 7", {"u.toml:1: user: must be tables, written [[user]]"}},
        {"[user]\nname = \"alice\"", {"u.toml:1: user: must be tables, written [[user]]"}},
        {"user = [1]", {"u.toml:1: user: must be tables, written [[user]]"}},
        {"users = []", {"u.toml:1: \"users\" is not a known key"}},
        {"[[user]]", {"u.toml:1: user.name: is required"}},
        {"[[user]]\nname = 7", {"u.toml:2: user.name: must be a string"}},
        {"[[user]]\nname = \"a:b\"", {"u.toml:2: user.name: must not hold a colon, not \"a:b\""}},
        {"[[user]]\nname = \"a\\nb\"",
         {"u.toml:2: user.name: must be 1 to 64 characters without control characters and without "
          "a space at either end, not \"a?b\""}},
        {"[[user]]\nname = \"alice\"\n[[user]]\nname = \"alice\"",
         {"u.toml:4: user.name: \"alice\" is already the name of the user at line 2"}},
        user("colour = 1", "user.\"colour\" is not a known key"),
        user("password = 1", "user.password: must be a string"),
        user("password = \"secret\"", bad_hash),
        user("password = \"$scrypt$ln=24,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA\"",
             bad_hash),
        user("home = \"alice\"",
             "user.home: must begin with \"/\" and not end with another, not \"alice\""),
        user("home = \"/alice/\"",
             "user.home: must begin with \"/\" and not end with another, not \"/alice/\""),
        user("bytes_per_second_max = -1", bad_bandwidth),
        user("bytes_per_second_max = 1.5", bad_bandwidth),
        user("bytes_per_second_max = 1099511627777", bad_bandwidth),
        user("rule = 1", "rule: must be tables, written [[rule]]"),
    }));

INSTANTIATE_TEST_SUITE_P(
    rules, WrongUsers,
    testing::ValuesIn(std::vector<Wrong>{
        rule("rights = \"read\"", bad_rights),
        rule("rights = [\"read\", \"remove\"]", bad_rights),
        rule("rights = [1]", bad_rights),
        rule("x = 1\nrights = []", "user.rule.\"x\" is not a known key"),
        {"[[user]]\nname = \"a\"\n[[user.rule]]",
         {"u.toml:3: user.rule.prefix: is required", "u.toml:3: user.rule.rights: is required"}},
        {"[[user]]\nname = \"a\"\n[[user.rule]]\nprefix = \"/A\"\nrights = []\n[[user.rule]]\n"
         "prefix = \"/a\"\nrights = []",
         {"u.toml:7: user.rule.prefix: the user has another rule, or the home, at \"/a\""}},
        {"[[user]]\nname = \"a\"\nhome = \"/a\"\n[[user.rule]]\nprefix = \"/a\"\nrights = []",
         {"u.toml:5: user.rule.prefix: the user has another rule, or the home, at \"/a\""}},
    }));

INSTANTIATE_TEST_SUITE_P(tokens, WrongUsers,
                         testing::ValuesIn(std::vector<Wrong>{
                             token("sha256 = \"abc\"\n" + created,
                                   "user.token.sha256: must be 64 lowercase hexadecimal digits"),
                             token("created = 1\n" + sha256, bad_time),
                             token("created = 2026-01-31\n" + sha256, bad_time),
                             token("created = 2026-01-31T23:59:59\n" + sha256, bad_time),
                             token("created = 2026-01-31T23:59:59+01:00\n" + sha256, bad_time),
                             token("created = 1969-12-31T23:59:59Z\n" + sha256, bad_time),
                             {"[[user]]\nname = \"a\"\n[[user.token]]",
                              {"u.toml:3: user.token.label: is required",
                               "u.toml:3: user.token.sha256: is required",
                               "u.toml:3: user.token.created: is required"}},
                             {"[[user]]\nname = \"a\"\n[[user.token]]\nlabel = \"l\"\n" + sha256 +
                                  created + "[[user.token]]\nlabel = \"l\"\n" + sha256 + created,
                              {"u.toml:8: user.token.label: the user has another token \"l\"",
                               "u.toml:9: user.token.sha256: is there twice"}},
                         }));

TEST(WrongUsers, that_are_no_toml_are_refused_with_the_line) {
  const Lines problems = problems_of("[[user]]\nname = alice");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_TRUE(problems[0].starts_with("u.toml:2: is not valid TOML: ")) << problems[0];
}

TEST(WrongUsers, a_prefix_that_no_url_can_name_is_refused_with_the_reason) {
  const Lines problems = problems_of("[[user]]\nname = \"a\"\nhome = \"/a/..\"");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_TRUE(problems[0].starts_with("u.toml:3: user.home: \"/a/..\" names no file or folder: "))
      << problems[0];
}

TEST(WrongUsers, everything_wrong_is_named_at_once_in_the_order_of_the_file) {
  EXPECT_EQ(problems_of("[[user]]\nhome = 1\nname = \"\"\n[[user]]\n"),
            (Lines{"u.toml:2: user.home: must be a string",
                   "u.toml:3: user.name: must be 1 to 64 characters without control characters and "
                   "without a space at either end, not \"\"",
                   "u.toml:4: user.name: is required"}));
}

TEST(WrongUsers, a_password_in_the_place_of_a_hash_is_not_repeated) {
  const Lines problems = problems_of("[[user]]\nname = \"a\"\npassword = \"open sesame\"");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].find("open sesame"), std::string::npos);
}

TEST(WrongUsers, a_long_value_is_shown_in_part) {
  const std::string name(200, 'x');
  const Lines problems = problems_of("[[user]]\nname = \"" + name + "\"");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_TRUE(problems[0].ends_with(", not \"" + std::string(80, 'x') + "...\"")) << problems[0];
}

std::string many(std::size_t count, const std::string& row, const std::string& key) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += row + key + std::to_string(i) + "\"\n";
  return text;
}

TEST(WrongUsers, there_may_be_ten_thousand_and_no_more) {
  EXPECT_EQ(parse_users(many(users_max, "[[user]]\n", "name = \"u"), "u").size(), users_max);
  EXPECT_EQ(problems_of(many(users_max + 1, "[[user]]\n", "name = \"u")),
            (Lines{"u.toml:1: user: at most 10000 are allowed, not 10001"}));
}

TEST(WrongUsers, have_a_bounded_number_of_rules_and_tokens) {
  const std::string rules = "[[user.rule]]\nrights = []\n";
  EXPECT_EQ(
      parse_users("[[user]]\nname = \"a\"\n" + many(rules_per_user_max, rules, "prefix = \"/p"),
                  "u")[0]
          .rules.size(),
      rules_per_user_max);
  EXPECT_EQ(problems_of("[[user]]\nname = \"a\"\n" +
                        many(rules_per_user_max + 1, rules, "prefix = \"/p")),
            (Lines{"u.toml:3: rule: at most 64 are allowed, not 65"}));
  std::string tokens;
  for (std::size_t i = 0; i <= tokens_per_user_max; ++i) {
    if (i == tokens_per_user_max) {
      EXPECT_EQ(parse_users("[[user]]\nname = \"a\"\n" + tokens, "u")[0].tokens.size(), i);
    }
    tokens += "[[user.token]]\nlabel = \"t" + std::to_string(i) + "\"\n" + created + "sha256 = \"" +
              describe(hash_token(std::to_string(i))) + "\"\n";
  }
  EXPECT_EQ(problems_of("[[user]]\nname = \"a\"\n" + tokens),
            (Lines{"u.toml:3: token: at most 64 are allowed, not 65"}));
}

TEST(WrongUsers, a_file_may_have_eight_MiB_and_no_more) {
  std::string text = "#" + std::string(users_file_bytes_max - 1, 'x');
  EXPECT_EQ(problems_of(text), Lines{});
  EXPECT_EQ(problems_of(text + "x"), Lines{"u.toml: is larger than 8 MiB"});
}

std::string problem_of_first_line(const std::string& text) {
  try {
    check_first_line(text, "u.toml");
  } catch (const UsersError& error) {
    return error.what();
  }
  return "";
}

TEST(FirstLine, is_the_one_that_the_file_was_written_with) {
  EXPECT_EQ(problem_of_first_line(describe(std::vector<UserRecord>{})), "");
  EXPECT_EQ(problem_of_first_line("\xEF\xBB\xBF" + describe(std::vector<UserRecord>{})), "");
  EXPECT_EQ(problem_of_first_line(std::string(users_file_begins)), "");
}

TEST(FirstLine, that_is_not_there_is_refused) {
  EXPECT_EQ(problem_of_first_line(""), "u.toml: is empty");
  EXPECT_EQ(problem_of_first_line("\xEF\xBB\xBF"), "u.toml: is empty");
  const std::string refusal = "u.toml:1: must begin with \"# The users of Overlap.\"";
  const std::string first(users_file_begins);
  for (const std::string& text :
       {first.substr(0, first.size() - 1), "\n" + first, std::string("user = []\n")})
    EXPECT_EQ(problem_of_first_line(text), refusal) << text;
}

}  // namespace
}  // namespace overlap::access
