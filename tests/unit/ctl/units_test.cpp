#include "admin/ctl/units.h"

#include <gtest/gtest.h>

namespace overlap::ctl {
namespace {

constexpr std::int64_t noon = 1'795'435'200'000;  // 2026-11-23T12:00:00Z

TEST(Units, counts_have_groups) {
  EXPECT_EQ(show_count(0), "0");
  EXPECT_EQ(show_count(999), "999");
  EXPECT_EQ(show_count(1000), "1,000");
  EXPECT_EQ(show_count(1234567), "1,234,567");
  EXPECT_EQ(show_count(1.5), "1.5");
  EXPECT_EQ(show_count(-1000), "-1,000");
}

TEST(Units, bytes_have_binary_prefixes) {
  EXPECT_EQ(show_bytes(0), "0 B");
  EXPECT_EQ(show_bytes(1023), "1023 B");
  EXPECT_EQ(show_bytes(1024), "1 KiB");
  EXPECT_EQ(show_bytes(1536), "1.5 KiB");
  EXPECT_EQ(show_bytes(1023.9 * 1024), "1.0 MiB");
  EXPECT_EQ(show_bytes(5.0 * 1024 * 1024 * 1024), "5 GiB");
  EXPECT_EQ(show_rate(1536), "1.5 KiB/s");
}

TEST(Units, durations_have_two_units_at_most) {
  EXPECT_EQ(show_seconds(0), "0 s");
  EXPECT_EQ(show_seconds(0.25), "250 ms");
  EXPECT_EQ(show_seconds(12.5), "12 s");
  EXPECT_EQ(show_seconds(59.9), "59 s");
  EXPECT_EQ(show_seconds(60), "1 min");
  EXPECT_EQ(show_seconds(200), "3 min 20 s");
  EXPECT_EQ(show_seconds(3600 * 5 + 600), "5 h 10 min");
  EXPECT_EQ(show_seconds(86'400 * 2 + 3600 * 3), "2 d 3 h");
  EXPECT_EQ(show_microseconds(80.4), "80 us");
  EXPECT_EQ(show_microseconds(1200), "1.2 ms");
  EXPECT_EQ(show_microseconds(3'400'000), "3.4 s");
}

TEST(Units, times_are_shown_without_their_t) {
  EXPECT_EQ(show_time("2026-11-23T12:00:00.250Z"), "2026-11-23 12:00:00");
  EXPECT_EQ(show_time_with_ms("2026-11-23T12:00:00.250Z"), "2026-11-23 12:00:00.250");
  EXPECT_EQ(show_time("soon"), "soon");
  EXPECT_EQ(show_time_with_ms("2026-11-23T12:00:00Z"), "2026-11-23 12:00:00");
}

TEST(Moments, are_dates_or_times_ago) {
  EXPECT_EQ(parse_moment("2026-11-23T12:00:00Z", 0), "2026-11-23T12:00:00Z");
  EXPECT_EQ(parse_moment("2026-11-23", 0), "2026-11-23T00:00:00.000Z");
  EXPECT_EQ(parse_moment("30s", noon), "2026-11-23T11:59:30.000Z");
  EXPECT_EQ(parse_moment("15m", noon), "2026-11-23T11:45:00.000Z");
  EXPECT_EQ(parse_moment("2h", noon), "2026-11-23T10:00:00.000Z");
  EXPECT_EQ(parse_moment("7d", noon), "2026-11-16T12:00:00.000Z");
  EXPECT_EQ(parse_moment("100000d", noon), "1970-01-01T00:00:00.000Z");
}

TEST(Moments, are_nothing_else) {
  for (const char* text : {"", "s", "1", "1w", "-1h", "1.5h", "h1", "yesterday", "2026-11-2",
                           "100001d", "1 h", "99999999999999999999s"})
    EXPECT_FALSE(parse_moment(text, noon)) << text;
}

}  // namespace
}  // namespace overlap::ctl
