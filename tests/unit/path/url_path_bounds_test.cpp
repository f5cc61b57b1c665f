// What the tables of url_path_test.cpp leave open: the bounds, and the rest of the interface.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "common/path/url_path.h"

namespace overlap {
namespace {

using enum PathError;

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string error_of(const std::string& url) {
  const auto parsed = parse_url_path(url);
  if (const auto* refusal = std::get_if<PathRefusal>(&parsed)) {
    return std::string(describe(refusal->error));
  }
  return "accepted";
}

std::string sentence(PathError error) { return std::string(describe(error)); }

TEST(UrlPath, bounds_a_segment_in_utf16_units) {
  EXPECT_EQ(error_of("/" + times(255, "a")), "accepted");
  EXPECT_EQ(error_of("/" + times(256, "a")), sentence(segment_too_long));
  EXPECT_EQ(error_of("/" + times(255, "%61") + "/b"), "accepted");
  EXPECT_EQ(error_of("/" + times(255, "€")), "accepted");
  EXPECT_EQ(error_of("/" + times(256, "€")), sentence(segment_too_long));
  EXPECT_EQ(error_of("/" + times(127, "\U0001F600") + "a"), "accepted");  // two units each
  EXPECT_EQ(error_of("/" + times(128, "\U0001F600")), sentence(segment_too_long));
}

TEST(UrlPath, bounds_the_whole_in_utf16_units) {
  const std::string sixteen_of_255 = times(16, "/" + times(255, "a"));  // 16 * 256 - 1 units
  EXPECT_EQ(error_of(sixteen_of_255), "accepted");
  EXPECT_EQ(error_of(sixteen_of_255 + "/"), "accepted");
  EXPECT_EQ(error_of(sixteen_of_255 + "/b"), sentence(path_too_long));  // 4097 units
  const std::string fifteen_of_255 = times(15, "/" + times(255, "a"));
  EXPECT_EQ(error_of(fifteen_of_255 + "/" + times(254, "a") + "/b"), "accepted");  // 4096 units
  EXPECT_EQ(error_of(fifteen_of_255 + "/" + times(254, "a") + "/bc"), sentence(path_too_long));
  EXPECT_EQ(error_of(fifteen_of_255 + "/" + times(254, "a") + "/€"), "accepted");
}

TEST(UrlPath, bounds_the_number_of_segments) {
  EXPECT_EQ(error_of(times(1024, "/a")), "accepted");
  EXPECT_EQ(error_of(times(1024, "/a") + "/"), "accepted");
  EXPECT_EQ(error_of(times(1025, "/a")), sentence(too_many_segments));
}

TEST(UrlPath, does_not_read_an_escape_past_the_end) {
  for (const std::size_t end : {2u, 3u}) {
    const auto parsed = parse_url_path(std::string_view("/%41").substr(0, end));
    ASSERT_TRUE(std::holds_alternative<PathRefusal>(parsed));
    EXPECT_EQ(std::get<PathRefusal>(parsed).error, bad_escape);
  }
}

TEST(UrlPath, names_the_file) {
  const auto name = [](std::string_view url) {
    return std::string(std::get<StorePath>(parse_url_path(url)).file_name());
  };
  EXPECT_EQ(name("/"), "");
  EXPECT_EQ(name("/a.txt"), "a.txt");
  EXPECT_EQ(name("/x/y/a.txt"), "a.txt");
  EXPECT_EQ(name("/x/y/"), "y");
}

TEST(UrlPath, tells_a_folder_from_a_file_of_that_name) {
  EXPECT_NE(std::get<StorePath>(parse_url_path("/a")), std::get<StorePath>(parse_url_path("/a/")));
  EXPECT_EQ(std::get<StorePath>(parse_url_path("/")), StorePath());
}

TEST(UrlPath, escapes_what_may_not_stand_bare) {
  const auto escaped = [](std::string_view url) {
    return to_url_path(std::get<StorePath>(parse_url_path(url)));
  };
  EXPECT_EQ(escaped("/"), "/");
  EXPECT_EQ(escaped("/a/b/"), "/a/b/");
  EXPECT_EQ(escaped("/ä b/100%25%23[x]"), "/%C3%A4%20b/100%25%23%5Bx%5D");
  EXPECT_EQ(escaped("/%61-._~!$&'()+,;=@"), "/a-._~!$&'()+,;=@");
}

TEST(UrlPath, describes_every_error_in_its_own_sentence) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < path_errors; ++i) {
    const auto text = describe(static_cast<PathError>(i));
    EXPECT_TRUE(text.ends_with('.')) << text;
    EXPECT_TRUE(seen.insert(text).second) << text;
  }
  EXPECT_EQ(sentence(not_absolute), "The path must begin with a slash.");
  EXPECT_EQ(sentence(colon), "The path contains a colon.");
  EXPECT_EQ(sentence(device_name), "A segment of the path is the name of a Windows device.");
  EXPECT_EQ(sentence(too_many_segments), "The path has more than 1024 segments.");
}

TEST(UrlPath, describes_a_refusal_with_its_segment) {
  EXPECT_EQ(describe(PathRefusal{colon, "C:"}),
            "The path contains a colon. The segment is \"C:\".");
  EXPECT_EQ(describe(PathRefusal{not_absolute, ""}), "The path must begin with a slash.");
  EXPECT_EQ(describe(PathRefusal{control_character, "a\r\n\"\xff\x7f"}),
            "The path contains a control character. The segment is \"a%0D%0A%22%FF%7F\".");
  const std::string longest = times(80, "x");
  EXPECT_TRUE(describe(PathRefusal{colon, longest}).ends_with("\"" + longest + "\"."));
  EXPECT_TRUE(describe(PathRefusal{colon, longest + "y"}).ends_with("\"" + longest + "\"..."));
}

}  // namespace
}  // namespace overlap
