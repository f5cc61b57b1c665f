#include <gtest/gtest.h>

#include "common/listing/page.h"
#include "common/path/url_path.h"

namespace overlap::listing {
namespace {

StorePath folder_at(std::string_view url) { return std::get<StorePath>(parse_url_path(url)); }

TEST(Json, of_an_empty_folder_has_every_field) {
  EXPECT_EQ(to_json({}, {}), "{\"path\":\"/\",\"entries\":[],\"next\":null}\n");
}

TEST(Json, says_what_is_known_of_each_entry) {
  const Listing listing{.entries = {{"sub", true, 0, 0}, {"a \"b\".txt", false, 3, 1714566824}},
                        .next = ""};
  PageInfo info;
  info.folder = folder_at("/x%20y/%ED%95%9C/");
  EXPECT_EQ(to_json(listing, info),
            "{\"path\":\"/x%20y/%ED%95%9C/\",\"entries\":[\n"
            "{\"name\":\"sub\",\"type\":\"folder\",\"modified\":\"1970-01-01T00:00:00Z\"},\n"
            "{\"name\":\"a \\\"b\\\".txt\",\"type\":\"file\",\"size\":3,"
            "\"modified\":\"2024-05-01T12:33:44Z\"}],\"next\":null}\n");
}

TEST(Json, keeps_sizes_that_a_double_cannot_hold) {
  const Listing listing{.entries = {{"big", false, UINT64_MAX, 0}}, .next = ""};
  EXPECT_NE(to_json(listing, {}).find("\"size\":18446744073709551615,"), std::string::npos);
}

TEST(Json, leads_to_the_next_page) {
  PageInfo info;
  info.folder = folder_at("/x/");
  info.request = {.sort = SortKey::size, .descending = true, .after = "", .entries_max = 1};
  const Listing listing{.entries = {{"a", false, 3, 0}}, .next = "f_3_0_61"};
  EXPECT_TRUE(to_json(listing, info)
                  .ends_with("],\"next\":\"/x/?sort=size&order=desc&limit=1&after=f_3_0_61\"}\n"));
}

}  // namespace
}  // namespace overlap::listing
