#include "common/config/address.h"

#include <gtest/gtest.h>

#include <string_view>

namespace overlap::config {
namespace {

TEST(Address, reads_ipv4) {
  for (const auto* text : {"0.0.0.0", "127.0.0.1", "255.255.255.255", "10.20.30.40", "1.0.0.1"})
    EXPECT_TRUE(parse_address(text)) << text;
  EXPECT_EQ(parse_address("1.2.3.4")->bytes[0], 1);
  EXPECT_EQ(parse_address("1.2.3.4")->bytes[3], 4);
  EXPECT_FALSE(parse_address("1.2.3.4")->v6);
}

TEST(Address, refuses_what_is_nearly_ipv4) {
  for (const auto* text :
       {"",         "1",         "1.2.3",   "1.2.3.4.5",  "256.0.0.1", "1.2.3.256",   "01.2.3.4",
        "1.2.3.00", "1..3.4",    ".1.2.3",  "1.2.3.",     "1.2.3.4 ",  " 1.2.3.4",    "+1.2.3.4",
        "-1.2.3.4", "0x1.2.3.4", "1.2.3.a", "1.2.3.0004", "localhost", "127.0.0.1:80"})
    EXPECT_FALSE(parse_address(text)) << text;
}

TEST(Address, reads_every_form_of_ipv6) {
  for (const auto* text :
       {"::", "::1", "1::", "fe80::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
        "1::3:4:5:6:7:8", "2001:DB8::ff00:42:8329", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
        "::1.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0001::0001"})
    EXPECT_TRUE(parse_address(text)) << text;
  EXPECT_EQ(parse_address("0:0:0:0:0:0:0:1"), parse_address("::1"));
  EXPECT_EQ(parse_address("::ffff:1.2.3.4"), parse_address("::FFFF:0102:0304"));
  EXPECT_EQ(parse_address("1:0:0:4::8"), parse_address("1:0:0:4:0:0:0:8"));
  EXPECT_NE(parse_address("1::2"), parse_address("1:2::"));
}

TEST(Address, refuses_what_is_nearly_ipv6) {
  for (const auto* text : {":",
                           ":::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "1::2::3",
                           ":1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:",
                           "12345::",
                           "g::",
                           "::1%1",
                           "fe80::1%eth0",
                           "[::1]",
                           "::1.2.3",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::01.2.3.4",
                           " ::1",
                           "::1 ",
                           "::-1",
                           "1:::2",
                           "1:2:3:4:5:6:7:8:",
                           "1::2:",
                           "::ffff:1.2.3.256"})
    EXPECT_FALSE(parse_address(text)) << text;
}

TEST(Address, knows_loopback_any_and_mapped) {
  for (const auto* text : {"127.0.0.1", "127.0.0.0", "127.255.255.255", "::1", "0:0:0:0:0:0:0:1"})
    EXPECT_TRUE(parse_address(text)->is_loopback()) << text;
  for (const auto* text :
       {"126.255.255.255", "128.0.0.0", "0.0.0.0", "::", "::2", "1::1", "::ffff:127.0.0.1"})
    EXPECT_FALSE(parse_address(text)->is_loopback()) << text;
  EXPECT_TRUE(parse_address("0.0.0.0")->is_any());
  EXPECT_TRUE(parse_address("::")->is_any());
  EXPECT_FALSE(parse_address("0.0.0.1")->is_any());
  EXPECT_FALSE(parse_address("::1")->is_any());
  EXPECT_TRUE(parse_address("::ffff:1.2.3.4")->is_mapped_ipv4());
  EXPECT_FALSE(parse_address("::1.2.3.4")->is_mapped_ipv4());
  EXPECT_FALSE(parse_address("1.2.3.4")->is_mapped_ipv4());
}

}  // namespace
}  // namespace overlap::config
