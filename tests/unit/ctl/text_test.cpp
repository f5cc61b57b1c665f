#include "admin/ctl/text.h"

#include <gtest/gtest.h>

#include <random>

#include "common/path/utf.h"

namespace overlap::ctl {
namespace {

TEST(Printable, leaves_text_alone) {
  EXPECT_EQ(printable("photos/summer 2026.jpg"), "photos/summer 2026.jpg");
  EXPECT_EQ(printable("\xC3\xA9t\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC"),
            "\xC3\xA9t\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, shows_what_could_drive_a_terminal) {
  EXPECT_EQ(printable("a\x1B[2Jb"), "a\\x1B[2Jb");
  EXPECT_EQ(printable("a\r\n\tb"),
            "a\\x0D\\x0A\\x09"
            "b");
  EXPECT_EQ(printable(std::string("a\0b", 3)),
            "a\\x00"
            "b");
  EXPECT_EQ(printable("\x7F"), "\\x7F");
  EXPECT_EQ(printable("\xC2\x9B"
                      "2J"),
            "\\x9B"
            "2J");  // CSI as one character of C1
}

TEST(Printable, shows_what_hides_or_turns_round) {
  EXPECT_EQ(printable("a\xE2\x80\xAEgpj.exe"), "a\\u{202E}gpj.exe");
  EXPECT_EQ(printable("\xE2\x80\x8B"), "\\u{200B}");
  EXPECT_EQ(printable("\xE2\x80\xA8"), "\\u{2028}");
  EXPECT_EQ(printable("\xEF\xBB\xBF"), "\\u{FEFF}");
}

TEST(Printable, shows_bytes_that_are_not_utf8) {
  EXPECT_EQ(printable("\xFF\xC3"), "\\xFF\\xC3");
  EXPECT_EQ(printable("\xC0\x80"), "\\xC0\\x80");
}

TEST(Printable, gives_one_line_of_utf8_for_any_bytes) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const std::string shown = printable(bytes);
    ASSERT_TRUE(is_valid_utf8(shown));
    for (const char c : shown) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    ASSERT_EQ(printable(shown), shown);
    const std::size_t room = random() % 30;
    ASSERT_LE(columns_of(cut(shown, room)), room);
    for (const std::string& line : wrap(shown, room + 2)) ASSERT_LE(columns_of(line), room + 2);
  }
}

TEST(Columns, count_what_a_terminal_shows) {
  EXPECT_EQ(columns_of("abc"), 3u);
  EXPECT_EQ(columns_of("\xE6\x97\xA5"), 2u);      // an ideograph
  EXPECT_EQ(columns_of("e\xCC\x81"), 1u);         // e and a combining accent
  EXPECT_EQ(columns_of("\xF0\x9F\x98\x80"), 2u);  // a face
}

TEST(Cut, keeps_what_fits_and_marks_what_went) {
  EXPECT_EQ(cut("abcde", 5), "abcde");
  EXPECT_EQ(cut("abcdef", 5), "abcd\xE2\x80\xA6");
  EXPECT_EQ(cut("abc", 1), "\xE2\x80\xA6");
  EXPECT_EQ(cut("abc", 0), "");
  EXPECT_EQ(cut("\xE6\x97\xA5\xE6\x97\xA5", 3), "\xE6\x97\xA5\xE2\x80\xA6");
}

TEST(Wrap, breaks_at_spaces_and_through_long_words) {
  EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("abcdefgh", 3), (std::vector<std::string>{"abc", "def", "gh"}));
  EXPECT_EQ(wrap("", 3), (std::vector<std::string>{""}));
}

TEST(PercentEncode, leaves_unreserved_characters_only) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a/b?c&d=\xC3\xA9 %"), "a%2Fb%3Fc%26d%3D%C3%A9%20%25");
}

}  // namespace
}  // namespace overlap::ctl
