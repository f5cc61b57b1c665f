#include "admin/api/rfc3339.h"

#include <gtest/gtest.h>

namespace overlap::admin {
namespace {

TEST(Rfc3339, writes_milliseconds_in_utc) {
  EXPECT_EQ(to_rfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(1'795'435'200'250), "2026-11-23T12:00:00.250Z");
  EXPECT_EQ(to_rfc3339(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(INT64_MAX), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(INT64_MIN), "0000-01-01T00:00:00.000Z");
}

TEST(Rfc3339, reads_what_it_writes) {
  for (const std::int64_t time : {std::int64_t{0}, std::int64_t{1'795'435'200'250},
                                  std::int64_t{951'782'400'000}, std::int64_t{-62'167'219'200'000}})
    EXPECT_EQ(from_rfc3339(to_rfc3339(time)), time);
}

TEST(Rfc3339, reads_distances_fractions_and_leap_seconds) {
  EXPECT_EQ(from_rfc3339("1970-01-01T02:00:00+02:00"), 0);
  EXPECT_EQ(from_rfc3339("1969-12-31t22:30:00-01:30"), 0);
  EXPECT_EQ(from_rfc3339("1970-01-01T00:00:00.0019999z"), 1);
  EXPECT_EQ(from_rfc3339("1970-01-01T00:00:00.5Z"), 500);
  EXPECT_EQ(from_rfc3339("2016-12-31T23:59:60Z"), 1'483'228'799'000);
}

TEST(Rfc3339, refuses_everything_else) {
  for (const char* wrong :
       {"", "2026", "2026-11-23", "2026-11-23T12:00:00", "2026-11-23 12:00:00Z",
        "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-00T00:00:00Z",
        "2026-11-23T24:00:00Z", "2026-11-23T12:60:00Z", "2026-11-23T12:00:61Z",
        "2026-11-23T12:00:00.Z", "2026-11-23T12:00:00Zx", "2026-11-23T12:00:00+2:00",
        "2026-11-23T12:00:00+24:00", "+026-11-23T12:00:00Z"})
    EXPECT_FALSE(from_rfc3339(wrong)) << wrong;
}

}  // namespace
}  // namespace overlap::admin
