#include "common/findings/text.h"

#include <gtest/gtest.h>

namespace overlap::findings {
namespace {

TEST(FindingText, writes_numbers_as_people_read_them) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(2), "2");
  EXPECT_EQ(number(2.5), "2.5");
  EXPECT_EQ(number(2.345), "2.35");
  EXPECT_EQ(number(12.34), "12.3");
  EXPECT_EQ(number(100), "100");
  EXPECT_EQ(number(1234.6), "1235");
}

TEST(FindingText, never_rounds_a_share_up_to_all) {
  EXPECT_EQ(percent(0.8), "80 %");
  EXPECT_EQ(percent(0.999), "99 %");
  EXPECT_EQ(percent(1), "100 %");
  EXPECT_EQ(percent(0.29), "29 %");
}

TEST(FindingText, chooses_the_unit_of_a_duration) {
  EXPECT_EQ(duration(0.0000015), "1.5 us");
  EXPECT_EQ(duration(0.18), "180 ms");
  EXPECT_EQ(duration(2.4), "2.4 s");
  EXPECT_EQ(duration(119), "119 s");
  EXPECT_EQ(duration(120), "2 min");
  EXPECT_EQ(duration(2 * 3600), "2 h");
  EXPECT_EQ(duration(7 * 86400), "7 days");
}

TEST(FindingText, counts_in_words) {
  EXPECT_EQ(amount(1, "thread", "threads"), "1 thread");
  EXPECT_EQ(amount(0, "thread", "threads"), "0 threads");
  EXPECT_EQ(bytes(1536), "1.5 KiB");
  EXPECT_EQ(bytes(3), "3 bytes");
  EXPECT_EQ(rate(2.5), "2.5 a second");
}

}  // namespace
}  // namespace overlap::findings
