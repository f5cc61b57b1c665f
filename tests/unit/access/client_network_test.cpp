#include "common/access/client_network.h"

#include <gtest/gtest.h>

namespace overlap::access {
namespace {

TEST(ClientNetwork, an_ipv4_address_stands_for_itself_in_both_forms) {
  EXPECT_EQ(client_network("192.0.2.1"), client_network("::ffff:192.0.2.1"));
  EXPECT_NE(client_network("192.0.2.1"), client_network("192.0.2.2"));
  EXPECT_NE(client_network("::ffff:192.0.2.1"), client_network("::ffff:192.0.2.2"));
}

TEST(ClientNetwork, an_ipv6_address_stands_for_its_first_64_bits) {
  EXPECT_EQ(client_network("2001:db8:1:2::"), client_network("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_NE(client_network("2001:db8:1:2::1"), client_network("2001:db8:1:3::1"));
}

TEST(ClientNetwork, ipv4_and_ipv6_never_read_the_same) {
  EXPECT_NE(client_network("192.0.2.1"), client_network("c000:201::"));
  EXPECT_NE(client_network("0.0.0.0"), client_network("::"));
}

TEST(ClientNetwork, whatever_is_no_address_is_one_client_of_its_own) {
  EXPECT_EQ(client_network(""), client_network("fe80::1%4"));
  EXPECT_NE(client_network(""), client_network("0.0.0.0"));
  EXPECT_NE(client_network(""), client_network("::"));
}

}  // namespace
}  // namespace overlap::access
