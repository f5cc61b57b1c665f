#include "common/path/utf.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace overlap {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, accepts_every_code_point_and_no_surrogate) {
  for (char32_t value = 0; value <= 0x110FFF; value += value < 0x3000 ? 1 : 61) {
    std::string text;
    const auto tail = [&](int shift) {
      text += static_cast<char>(0x80 | ((value >> shift) & 0x3F));
    };
    if (value < 0x80) {
      text += static_cast<char>(value);
    } else if (value < 0x800) {
      text += static_cast<char>(0xC0 | (value >> 6));
      tail(0);
    } else if (value < 0x10000) {
      text += static_cast<char>(0xE0 | (value >> 12));
      tail(6), tail(0);
    } else {
      text += static_cast<char>(0xF0 | (value >> 18));
      tail(12), tail(6), tail(0);
    }
    const bool scalar = value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
    std::string_view rest = text;
    const auto taken = take_code_point(rest);
    ASSERT_EQ(taken.has_value(), scalar) << std::hex << static_cast<std::uint32_t>(value);
    if (scalar) {
      ASSERT_TRUE(*taken == value) << std::hex << static_cast<std::uint32_t>(value);
      ASSERT_TRUE(rest.empty());
    } else {
      ASSERT_EQ(rest, text);
    }
  }
}

TEST(Utf8, knows_both_sides_of_each_bound) {
  for (const auto good :
       {"\x7F"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv,
        "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv, "\0"sv, ""sv})
    EXPECT_TRUE(is_valid_utf8(good)) << testing::PrintToString(good);
  for (const auto bad : {"\x80"sv,
                         "\xBF"sv,
                         "\xC0\x80"sv,
                         "\xC1\xBF"sv,
                         "\xE0\x9F\xBF"sv,
                         "\xED\xA0\x80"sv,
                         "\xED\xBF\xBF"sv,
                         "\xF0\x8F\xBF\xBF"sv,
                         "\xF4\x90\x80\x80"sv,
                         "\xF5\x80\x80\x80"sv,
                         "\xF8\x88\x80\x80\x80"sv,
                         "\xFE"sv,
                         "\xFF"sv,
                         "\xC2"sv,
                         "\xE2\x82"sv,
                         "\xF0\x9F\x98"sv,
                         "\xC2g"sv,
                         "\xE2\x82g"sv,
                         "\xF0\x9F\x98g"sv,
                         "ok\x80"sv})
    EXPECT_FALSE(is_valid_utf8(bad)) << testing::PrintToString(bad);
}

TEST(Utf8, does_not_read_past_the_end) {
  for (const auto whole : {"\xC2\x80"sv, "\xE2\x82\xAC"sv, "\xF0\x9F\x98\x80"sv}) {
    std::string_view cut = whole.substr(0, whole.size() - 1);
    EXPECT_EQ(take_code_point(cut), std::nullopt);
    EXPECT_EQ(cut.size(), whole.size() - 1);
  }
}

TEST(Utf16, converts_to_units_and_surrogate_pairs) {
  EXPECT_EQ(to_utf16(""), u"");
  EXPECT_EQ(to_utf16("a/ä/€"), u"a/ä/€");
  EXPECT_EQ(to_utf16("\xEF\xBF\xBF"), u"\uFFFF");
  EXPECT_EQ(to_utf16("\xF0\x90\x80\x80"), u"\U00010000");
  EXPECT_EQ(to_utf16("\xF4\x8F\xBF\xBF"), u"\U0010FFFF");
  EXPECT_EQ(to_utf16("\0x"sv), std::u16string(u"\0x", 2));
  EXPECT_EQ(utf16_length("a\xEF\xBF\xBF\xF0\x90\x80\x80"), 4u);
}

TEST(Utf16, refuses_what_is_malformed_rather_than_replace_it) {
  EXPECT_THROW(to_utf16("a\xFF"), std::invalid_argument);
  EXPECT_THROW(to_utf16("\xED\xA0\x80"), std::invalid_argument);
  EXPECT_THROW(to_utf16("\xF0\x9F\x98"), std::invalid_argument);
}

}  // namespace
}  // namespace overlap
