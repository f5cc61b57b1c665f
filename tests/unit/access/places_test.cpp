#include "service/server/places.h"

#include <gtest/gtest.h>

namespace overlap::server {
namespace {

using Taken = Places::Taken;

TEST(Places, an_address_gets_its_places_and_not_one_more_until_it_gives_one_back) {
  Places places({100, 2});
  EXPECT_EQ(places.take("192.0.2.1"), Taken::yes);
  EXPECT_EQ(places.take("192.0.2.1"), Taken::yes);
  EXPECT_EQ(places.take("192.0.2.1"), Taken::none_for_address);
  EXPECT_EQ(places.take("192.0.2.2"), Taken::yes);
  places.leave("192.0.2.1");
  EXPECT_EQ(places.take("192.0.2.1"), Taken::yes);
  EXPECT_EQ(places.take("192.0.2.1"), Taken::none_for_address);
}

TEST(Places, an_ipv6_network_of_64_bits_has_the_places_of_one_address) {
  Places places({100, 2});
  EXPECT_EQ(places.take("2001:db8:1:2::1"), Taken::yes);
  EXPECT_EQ(places.take("2001:db8:1:2:3::4"), Taken::yes);
  EXPECT_EQ(places.take("2001:db8:1:2:ffff:ffff:ffff:ffff"), Taken::none_for_address);
  EXPECT_EQ(places.take("2001:db8:1:3::1"), Taken::yes);
  places.leave("2001:db8:1:2:3::4");
  EXPECT_EQ(places.take("2001:db8:1:2::5"), Taken::yes);
}

TEST(Places, are_no_more_in_all_than_the_limit) {
  Places places({2, 2});
  EXPECT_EQ(places.take("192.0.2.1"), Taken::yes);
  EXPECT_EQ(places.take("192.0.2.2"), Taken::yes);
  EXPECT_EQ(places.take("192.0.2.3"), Taken::none_left);
  places.leave("192.0.2.1");
  EXPECT_EQ(places.take("192.0.2.3"), Taken::yes);
}

TEST(Places, are_counted_with_their_peak) {
  Places places({3, 3});
  places.take("192.0.2.1");
  places.take("192.0.2.2");
  places.leave("192.0.2.1");
  places.take("192.0.2.3");
  places.rejected();
  const Places::Counts counts = places.counts();
  EXPECT_EQ(counts.now, 2u);
  EXPECT_EQ(counts.peak, 2u);
  EXPECT_EQ(counts.total, 3u);
  EXPECT_EQ(counts.rejected, 1u);
  places.give_back("192.0.2.3");
  EXPECT_EQ(places.counts().now, 1u);
  EXPECT_EQ(places.counts().total, 2u);
}

TEST(Places, beyond_a_new_limit_are_kept_by_those_who_have_them) {
  Places places({3, 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(places.take("192.0.2.1"), Taken::yes);
  places.limit({2, 1});
  EXPECT_EQ(places.taken(), 3u);
  EXPECT_EQ(places.take("192.0.2.2"), Taken::none_left);
  places.leave("192.0.2.1");
  places.leave("192.0.2.1");
  EXPECT_EQ(places.take("192.0.2.1"), Taken::none_for_address);
  EXPECT_EQ(places.take("192.0.2.2"), Taken::yes);
  places.limit({3, 2});
  EXPECT_EQ(places.take("192.0.2.1"), Taken::yes);
}

}  // namespace
}  // namespace overlap::server
