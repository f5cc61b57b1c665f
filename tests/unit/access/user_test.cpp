#include "common/access/user.h"

#include <gtest/gtest.h>

#include "path_of.h"

namespace overlap::access {
namespace {

constexpr Rights nothing;
constexpr Rights look = Right::list | Right::read;

Rights rights(const std::vector<Rule>& rules, const std::string& url) {
  return User("alice", rules, 0).rights(path_of(url));
}
Rights throughout(const std::vector<Rule>& rules, const std::string& url) {
  return User("alice", rules, 0).rights_throughout(path_of(url));
}

TEST(Rights, include_what_they_are_made_of) {
  EXPECT_TRUE(look.includes(Right::list));
  EXPECT_FALSE(look.includes(Right::list | Right::write));
  EXPECT_TRUE(nothing.includes(nothing));
  EXPECT_TRUE(Rights::all().includes(look | Right::write | Right::remove));
  EXPECT_EQ(look & Right::read, Rights(Right::read));
}

TEST(User, has_no_rights_without_a_rule) {
  EXPECT_EQ(rights({}, "/"), nothing);
  EXPECT_EQ(rights({{"a", Rights::all()}}, "/"), nothing);
  EXPECT_EQ(rights({{"a", Rights::all()}}, "/b"), nothing);
  EXPECT_EQ(rights({{"a", Rights::all()}}, "/ab"), nothing);
}

TEST(User, has_the_rights_of_the_longest_prefix_in_whatever_order_the_rules_are) {
  std::vector<Rule> rules{{"", look}, {"a", nothing}, {"a/b", Rights::all()}};
  for (int order = 0; order < 2; ++order) {
    EXPECT_EQ(rights(rules, "/"), look);
    EXPECT_EQ(rights(rules, "/c"), look);
    EXPECT_EQ(rights(rules, "/a"), nothing);
    EXPECT_EQ(rights(rules, "/a/"), nothing);
    EXPECT_EQ(rights(rules, "/a/c"), nothing);
    EXPECT_EQ(rights(rules, "/a/b"), Rights::all());
    EXPECT_EQ(rights(rules, "/a/b/c"), Rights::all());
    EXPECT_EQ(rights(rules, "/a/bc"), nothing);
    std::swap(rules.front(), rules.back());
  }
}

TEST(User, rules_hold_whatever_the_case_of_ascii_letters) {
  EXPECT_EQ(rights({{"Team/Docs", look}}, "/tEAM/docs/x"), look);
  EXPECT_EQ(rights({{"", look}, {"private", nothing}}, "/PRIVATE"), nothing);
}

// NTFS takes É for é; the next volume may take the Kelvin sign for K.
TEST(User, a_rule_that_takes_away_is_not_evaded_by_another_case) {
  const std::vector<Rule> rules{{"", look}, {"Geh\u00e9im", nothing}, {"kasse", nothing}};
  EXPECT_EQ(rights(rules, "/geh%C3%89im/x"), nothing);
  EXPECT_EQ(rights(rules, "/%E2%84%AAasse"), nothing);
  EXPECT_EQ(rights(rules, "/ka%C5%BF%C5%BFe"), nothing);
  EXPECT_EQ(rights(rules, "/geh%C3%A8im/x"), look);
}

TEST(User, a_rule_that_takes_away_a_part_leaves_the_rest) {
  const std::vector<Rule> rules{{"", Rights::all()}, {"\u00e9", look | Right::write}};
  EXPECT_EQ(rights(rules, "/%C3%89"), look | Right::write);
}

TEST(User, a_rule_that_grants_does_so_only_for_the_name_that_it_has) {
  EXPECT_EQ(rights({{"\u00e9", Rights::all()}}, "/%C3%A9/x"), Rights::all());
  EXPECT_EQ(rights({{"\u00e9", Rights::all()}}, "/%C3%89/x"), nothing);
  EXPECT_EQ(rights({{"", look}, {"\u00e9", Rights::all()}}, "/%C3%89/x"), look);
  EXPECT_EQ(rights({{"kasse", Rights::all()}}, "/%E2%84%AAasse"), nothing);
}

TEST(User, of_two_rules_that_may_mean_one_folder_neither_adds_to_the_other) {
  const std::vector<Rule> rules{{"\u00e9", look | Right::write}, {"\u00c9", look | Right::remove}};
  EXPECT_EQ(rights(rules, "/%C3%A9"), look);
  EXPECT_EQ(rights(rules, "/%C3%89"), look);
}

TEST(User, a_longer_rule_overrules_what_a_shorter_one_might_take_away) {
  const std::vector<Rule> rules{{"", look}, {"\u00c9", nothing}, {"\u00e9/open", look}};
  EXPECT_EQ(rights(rules, "/%C3%A9/open/x"), look);
  EXPECT_EQ(rights(rules, "/%C3%A9/shut/x"), nothing);
}

// The lengths in bytes of one prefix differ by its spelling; its depth does not.
TEST(User, depth_counts_and_not_the_number_of_bytes) {
  const std::vector<Rule> rules{{"", look}, {"\u017Fecret", nothing}, {"secret", look}};
  EXPECT_EQ(rights(rules, "/secret"), nothing);
  const std::vector<Rule> reversed{{"", look}, {"\u017Fecret", look}, {"secret", nothing}};
  EXPECT_EQ(rights(reversed, "/%C5%BFecret"), nothing);
}

TEST(User, rights_throughout_a_folder_are_those_that_hold_everywhere_in_it) {
  const std::vector<Rule> rules{{"", Rights::all()},
                                {"a/secret", nothing},
                                {"b/readonly", look},
                                {"c", look},
                                {"c/d", Rights::all()}};
  EXPECT_EQ(throughout(rules, "/"), nothing);
  EXPECT_EQ(throughout(rules, "/a"), nothing);
  EXPECT_EQ(throughout(rules, "/A/"), nothing);
  EXPECT_EQ(throughout(rules, "/a/other"), Rights::all());
  EXPECT_EQ(throughout(rules, "/b"), look);
  EXPECT_EQ(throughout(rules, "/c"), look);
  EXPECT_EQ(throughout(rules, "/c/d"), Rights::all());
}

TEST(User, rights_throughout_a_folder_look_below_it_in_any_case) {
  const std::vector<Rule> rules{{"", Rights::all()}, {"\u00e9/secret", nothing}};
  EXPECT_EQ(throughout(rules, "/%C3%89"), nothing);
}

TEST(User, has_one_bandwidth_for_all_who_hold_it) {
  const User user("alice", {}, 1000);
  EXPECT_EQ(user.bandwidth().bytes_per_second(), 1000u);
  const Instant now = std::chrono::hours(1);
  user.bandwidth().take(1000, now);
  EXPECT_EQ(user.bandwidth().take(1000, now), now + std::chrono::seconds(2) - Bandwidth::burst);
}

}  // namespace
}  // namespace overlap::access
