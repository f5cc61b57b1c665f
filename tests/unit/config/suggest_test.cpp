#include "common/config/suggest.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace overlap::config {
namespace {

using namespace std::string_view_literals;

constexpr std::array names{"port"sv, "address"sv, "threads"sv, "connections_max"sv};

TEST(Suggest, finds_names_up_to_two_changes_away) {
  EXPECT_EQ(nearest("prot", names), "port");   // two replaced
  EXPECT_EQ(nearest("ports", names), "port");  // one too many
  EXPECT_EQ(nearest("por", names), "port");    // one missing
  EXPECT_EQ(nearest("adress", names), "address");
  EXPECT_EQ(nearest("treads_", names), "threads");  // one missing, one too many
  EXPECT_EQ(nearest("connection_mx", names), "connections_max");
}

TEST(Suggest, leaves_names_three_changes_away) {
  EXPECT_EQ(nearest("onnection_mx", names), "");
  EXPECT_EQ(nearest("portability", names), "");
  EXPECT_EQ(nearest("thr", names), "");
}

TEST(Suggest, wants_something_in_common) {
  constexpr std::array two{"ab"sv};
  EXPECT_EQ(nearest("xy", two), "");
  EXPECT_EQ(nearest("xb", two), "ab");
  EXPECT_EQ(nearest("", two), "");
}

TEST(Suggest, prefers_the_nearest) {
  constexpr std::array alike{"head_max"sv, "heads_max"sv, "header_max"sv};
  EXPECT_EQ(nearest("headers_max", alike), "header_max");
  EXPECT_EQ(nearest("heads_max", alike), "heads_max");
}

}  // namespace
}  // namespace overlap::config
