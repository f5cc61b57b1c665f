#include <gtest/gtest.h>

#include "service/log/line.h"

namespace overlap::log {
namespace {

using namespace std::chrono;
using config::Severity;

constexpr system_clock::time_point last_of_2025 =
    sys_days{year{2025} / 12 / 31} + 23h + 59min + 59s + 999ms;

// The part after stamp and severity.
std::string text_of(std::string_view text) {
  return format_line(last_of_2025, Severity::info, text).substr(33);
}

TEST(LogLine, begins_with_utc_time_in_milliseconds_and_severity) {
  EXPECT_EQ(format_line(last_of_2025, Severity::debug, "x"), "2025-12-31T23:59:59.999Z debug   x");
  EXPECT_EQ(format_line(last_of_2025, Severity::info, "x"), "2025-12-31T23:59:59.999Z info    x");
  EXPECT_EQ(format_line(last_of_2025 + 1ms, Severity::warning, "x"),
            "2026-01-01T00:00:00.000Z warning x");
  EXPECT_EQ(format_line(last_of_2025, Severity::error, "x"), "2025-12-31T23:59:59.999Z error   x");
}

TEST(LogLine, keeps_utf8) {
  const std::string text = "na\u00efve \u65e5\u672c \U0001F600 \u00a0 \ud7ff \ue000 \U0010FFFF";
  EXPECT_EQ(text_of(text), text);
}

TEST(LogLine, escapes_what_could_forge_a_line_or_drive_a_terminal) {
  EXPECT_EQ(text_of("a\r\nb"), "a\\x0d\\x0ab");
  EXPECT_EQ(text_of("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(text_of(std::string_view("\0\x1f \x7f", 4)), "\\x00\\x1f \\x7f");
  EXPECT_EQ(text_of("\xc2\x80\xc2\x9f\xc2\xa0"), "\\xc2\\x80\\xc2\\x9f\xc2\xa0");  // C1 controls
}

TEST(LogLine, escapes_bytes_that_are_not_utf8) {
  EXPECT_EQ(text_of("\xff"), "\\xff");
  EXPECT_EQ(text_of("\x80"), "\\x80");
  EXPECT_EQ(text_of("\xc3"), "\\xc3");                             // cut
  EXPECT_EQ(text_of("\xe2\x82"), "\\xe2\\x82");                    // cut
  EXPECT_EQ(text_of("\xc1\xbf"), "\\xc1\\xbf");                    // overlong
  EXPECT_EQ(text_of("\xe0\x9f\xbf"), "\\xe0\\x9f\\xbf");           // overlong
  EXPECT_EQ(text_of("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(text_of("\xf0\x8f\xbf\xbf"), "\\xf0\\x8f\\xbf\\xbf");  // overlong
  EXPECT_EQ(text_of("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // past U+10FFFF
  EXPECT_EQ(text_of("\xe2\x82g"), "\\xe2\\x82g");
}

TEST(LogLine, is_cut_one_byte_past_its_bound) {
  const std::string fits(line_bytes_max, 'x');
  EXPECT_EQ(text_of(fits), fits);
  EXPECT_EQ(text_of(fits + 'y'), fits + "...");
  // A character is never cut in two.
  const std::string nearly(line_bytes_max - 1, 'x');
  EXPECT_EQ(text_of(nearly + "\u00e9"), nearly + "...");
  EXPECT_EQ(text_of(nearly + "\x01"), nearly + "...");
}

}  // namespace
}  // namespace overlap::log
