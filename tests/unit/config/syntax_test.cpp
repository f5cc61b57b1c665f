// Files that are not TOML, and those on which the library for it would come to grief.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "wrong_file.h"

namespace overlap::config {
namespace {

// What toml++ takes for granted is not so in these: each ended the process.
TEST(NotToml, is_refused_where_a_table_has_no_name) {
  for (const char* text :
       {"[", "[\n", "[&", "[[[a]]]", "[[=", "[ [a]]", "[[ ]]", "[]", "a.", "a.=1"}) {
    const Lines problems = problems_of(text);
    ASSERT_EQ(problems.size(), 1u) << text;
    EXPECT_TRUE(problems[0].starts_with("x.toml:1: is not valid TOML: ")) << problems[0];
  }
}

TEST(NotToml, is_refused_for_characters_that_are_no_spaces) {
  for (const char* text : {"\xEF\xAC\xA6", "\xEF\xBB\xBE", "a \xEF\xB7\x90 = 1", "\xEF\xBC\x80"}) {
    const Lines problems = problems_of(text);
    ASSERT_EQ(problems.size(), 1u) << text;
    EXPECT_TRUE(problems[0].starts_with("x.toml:1: is not valid TOML: ")) << problems[0];
  }
}

TEST(NotToml, is_told_in_one_line) {
  for (const char* text : {"a = f\x12", "a = t\x1b[2J", "a = n\x7f", "\x1b = 1"}) {
    const Lines problems = problems_of(text);
    ASSERT_EQ(problems.size(), 1u) << text;
    for (const char c : problems[0]) EXPECT_TRUE(c < 0 || (c >= 0x20 && c != 0x7F)) << problems[0];
  }
}

std::string dotted(std::size_t dots) {
  std::string key = "a";
  for (std::size_t i = 0; i < dots; ++i) key += ".a";
  return key;
}

TEST(NotToml, is_refused_where_a_key_is_too_deep) {
  const std::string refused = "x.toml:2: is not valid TOML: a line holds more than 100 dots";
  for (const auto& [before, after] : {std::pair{"\n", " = 1"}, std::pair{"\n[", "]"}}) {
    EXPECT_EQ(problems_of(before + dotted(101) + after), Lines{refused});
    EXPECT_EQ(problems_of(before + dotted(400'000) + after), Lines{refused});
    for (const std::string& problem : problems_of(before + dotted(100) + after))
      EXPECT_EQ(problem.find("TOML"), std::string::npos) << problem;
  }
}

TEST(NotToml, is_refused_where_values_are_too_deep) {
  const auto nested = [](std::size_t levels) {
    return "a = " + std::string(levels, '[') + std::string(levels, ']');
  };
  for (const std::string& problem : problems_of(nested(8)))
    EXPECT_EQ(problem.find("TOML"), std::string::npos) << problem;
  const Lines problems = problems_of(nested(9));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_TRUE(problems[0].starts_with("x.toml:1: is not valid TOML: ")) << problems[0];
  EXPECT_EQ(problems_of(nested(500'000)), problems);
}

}  // namespace
}  // namespace overlap::config
