#include "common/access/rule_text.h"

#include <gtest/gtest.h>

namespace overlap::access {
namespace {

TEST(RightsText, every_combination_reads_back) {
  for (unsigned bits = 0; bits < 16; ++bits) {
    Rights rights;
    for (const auto& [right, name] : right_names) {
      if (bits & static_cast<unsigned>(right)) rights = rights | right;
    }
    EXPECT_EQ(parse_rights(describe(rights)), rights) << describe(rights);
  }
}

TEST(RightsText, is_a_list_of_names_in_any_order) {
  EXPECT_EQ(parse_rights("list,read,write,delete"), Rights::all());
  EXPECT_EQ(parse_rights("delete,list"), Right::list | Right::remove);
  EXPECT_EQ(parse_rights("all"), Rights::all());
  EXPECT_EQ(parse_rights("none"), Rights());
  EXPECT_EQ(describe(Right::read | Right::list), "list,read");
}

TEST(RightsText, anything_else_is_refused) {
  for (const char* text :
       {"", ",", "list,", ",list", "list, read", "List", "remove", "all,list", "list,none", "lis"})
    EXPECT_EQ(parse_rights(text), std::nullopt) << text;
}

TEST(PrefixText, is_a_path_with_or_without_slashes_around_it) {
  for (const char* text : {"/photos/2024", "photos/2024", "/photos/2024/", "photos/2024/"})
    EXPECT_EQ(parse_prefix(text).prefix, "photos/2024") << text;
  for (const char* text : {"/", ""}) {
    EXPECT_EQ(parse_prefix(text).prefix, "") << text;
    EXPECT_EQ(parse_prefix(text).problem, "") << text;
  }
}

TEST(PrefixText, is_taken_as_it_stands) {
  EXPECT_EQ(parse_prefix("/100%/a%20b#1/비밀").prefix, "100%/a%20b#1/비밀");
}

TEST(PrefixText, reads_back) {
  for (const char* prefix : {"", "a", "a/b", "100%", "\u00e9"})
    EXPECT_EQ(parse_prefix(describe_prefix(prefix)).prefix, prefix);
}

TEST(PrefixText, what_no_url_can_name_is_refused_with_a_reason) {
  for (const char* text : {"..", "/a/../b", "//", "a//b", "a\\b", "C:", "a?", "nul", "a.", "a ",
                           ".overlap-1", "PROGRA~1", "a\nb", "\xFF"}) {
    const PrefixText parsed = parse_prefix(text);
    EXPECT_FALSE(parsed.problem.empty()) << text;
    EXPECT_FALSE(parsed.problem.ends_with('.')) << parsed.problem;
    EXPECT_EQ(parsed.prefix, "") << text;
  }
}

}  // namespace
}  // namespace overlap::access
