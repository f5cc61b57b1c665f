#include "service/server/address_places.h"

#include <gtest/gtest.h>

namespace overlap::server {
namespace {

TEST(AddressPlaces, an_address_gets_its_places_and_not_one_more_until_it_gives_one_back) {
  AddressPlaces places(2);
  EXPECT_TRUE(places.take("192.0.2.1"));
  EXPECT_TRUE(places.take("192.0.2.1"));
  EXPECT_FALSE(places.take("192.0.2.1"));
  EXPECT_TRUE(places.take("192.0.2.2"));
  places.leave("192.0.2.1");
  EXPECT_TRUE(places.take("192.0.2.1"));
  EXPECT_FALSE(places.take("192.0.2.1"));
}

TEST(AddressPlaces, an_ipv6_network_of_64_bits_has_the_places_of_one_address) {
  AddressPlaces places(2);
  EXPECT_TRUE(places.take("2001:db8:1:2::1"));
  EXPECT_TRUE(places.take("2001:db8:1:2:3::4"));
  EXPECT_FALSE(places.take("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_TRUE(places.take("2001:db8:1:3::1"));
  places.leave("2001:db8:1:2:3::4");
  EXPECT_TRUE(places.take("2001:db8:1:2::5"));
}

TEST(AddressPlaces, giving_back_what_was_never_taken_does_nothing) {
  AddressPlaces places(1);
  places.leave("192.0.2.1");
  EXPECT_TRUE(places.take("192.0.2.1"));
  EXPECT_FALSE(places.take("192.0.2.1"));
}

}  // namespace
}  // namespace overlap::server
