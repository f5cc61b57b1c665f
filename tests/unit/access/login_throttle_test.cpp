#include "common/access/login_throttle.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace overlap::access {
namespace {

using std::chrono::milliseconds;
constexpr Instant start = std::chrono::hours(5);

std::vector<long long> waits(LoginThrottle& throttle, std::string_view address, int count,
                             Instant now = start) {
  std::vector<long long> found;
  for (int i = 0; i < count; ++i)
    found.push_back(
        std::chrono::duration_cast<milliseconds>(throttle.failed(address, now).wait).count());
  return found;
}
using Waits = std::vector<long long>;

std::string address(std::size_t i) {
  return "10." + std::to_string(i >> 16) + '.' + std::to_string(i >> 8 & 255) + '.' +
         std::to_string(i & 255);
}

TEST(LoginThrottle, doubles_the_wait_of_an_address_up_to_eight_seconds) {
  LoginThrottle throttle;
  EXPECT_EQ(waits(throttle, "192.0.2.1", 7), (Waits{500, 1000, 2000, 4000, 8000, 8000, 8000}));
}

TEST(LoginThrottle, counts_each_address_for_itself) {
  LoginThrottle throttle;
  waits(throttle, "192.0.2.1", 5);
  EXPECT_EQ(waits(throttle, "192.0.2.2", 1), (Waits{500}));
}

TEST(LoginThrottle, a_success_resets) {
  LoginThrottle throttle;
  waits(throttle, "192.0.2.1", 3);
  throttle.succeeded("192.0.2.2");
  EXPECT_EQ(waits(throttle, "192.0.2.1", 1), (Waits{4000}));
  throttle.succeeded("192.0.2.1");
  EXPECT_EQ(throttle.size(), 0u);
  EXPECT_EQ(waits(throttle, "192.0.2.1", 1), (Waits{500}));
}

TEST(LoginThrottle, a_minute_without_failure_takes_one_doubling_back) {
  LoginThrottle throttle;
  waits(throttle, "192.0.2.1", 5);
  constexpr Instant minute = LoginThrottle::decay;
  EXPECT_EQ(waits(throttle, "192.0.2.1", 1, start + minute - Instant(1)), (Waits{8000}));
  EXPECT_EQ(waits(throttle, "192.0.2.1", 1, start + 2 * minute), (Waits{4000}));
  EXPECT_EQ(waits(throttle, "192.0.2.1", 1, start + 5 * minute), (Waits{1000}));
}

TEST(LoginThrottle, the_count_is_forgotten_a_minute_after_the_last_doubling) {
  LoginThrottle throttle;
  throttle.failed("192.0.2.1", start);
  constexpr Instant minute = LoginThrottle::decay;
  EXPECT_EQ(throttle.failed("192.0.2.1", start + 2 * minute - Instant(1)).count, 2u);
  EXPECT_EQ(throttle.failed("192.0.2.1", start + 4 * minute - Instant(1)).count, 1u);
}

TEST(LoginThrottle, time_that_goes_back_does_no_harm) {
  LoginThrottle throttle;
  waits(throttle, "192.0.2.1", 2);
  EXPECT_EQ(waits(throttle, "192.0.2.1", 1, start - std::chrono::hours(1)), (Waits{2000}));
  EXPECT_EQ(waits(throttle, "192.0.2.1", 1), (Waits{4000}));
}

TEST(LoginThrottle, failures_worth_telling_are_powers_of_ten_from_ten_on) {
  LoginThrottle throttle;
  std::vector<std::uint64_t> notable;
  for (int i = 0; i < 1100; ++i) {
    const auto failure = throttle.failed("192.0.2.1", start);
    if (failure.notable) notable.push_back(failure.count);
  }
  EXPECT_EQ(notable, (std::vector<std::uint64_t>{10, 100, 1000}));
}

TEST(LoginThrottle, an_ipv6_network_of_64_bits_is_one_address) {
  LoginThrottle throttle;
  waits(throttle, "2001:db8:1:2:3::4", 2);
  EXPECT_EQ(waits(throttle, "2001:db8:1:2:ffff::1", 1), (Waits{2000}));
  EXPECT_EQ(waits(throttle, "2001:db8:1:3:3::4", 1), (Waits{500}));
}

TEST(LoginThrottle, an_ipv4_address_is_the_same_in_both_forms_and_no_network) {
  LoginThrottle throttle;
  waits(throttle, "192.0.2.1", 1);
  EXPECT_EQ(waits(throttle, "::ffff:192.0.2.1", 1), (Waits{1000}));
  EXPECT_EQ(waits(throttle, "::ffff:192.0.2.2", 1), (Waits{500}));
  // Not the IPv6 address that begins with the same bytes.
  EXPECT_EQ(waits(throttle, "c000:201::", 1), (Waits{500}));
}

TEST(LoginThrottle, whatever_is_no_address_shares_one_place) {
  LoginThrottle throttle;
  waits(throttle, "", 1);
  EXPECT_EQ(waits(throttle, "fe80::1%4", 1), (Waits{1000}));
}

TEST(LoginThrottle, forgets_the_address_that_failed_longest_ago_when_it_is_full) {
  LoginThrottle throttle;
  for (std::size_t i = 0; i < LoginThrottle::addresses_max; ++i) throttle.failed(address(i), start);
  throttle.failed(address(0), start);
  EXPECT_EQ(throttle.size(), LoginThrottle::addresses_max);
  throttle.failed("192.0.2.1", start);
  EXPECT_EQ(throttle.size(), LoginThrottle::addresses_max);
  EXPECT_EQ(throttle.failed(address(0), start).count, 3u);
  EXPECT_EQ(throttle.failed(address(2), start).count, 2u);
  EXPECT_EQ(throttle.failed(address(1), start).count, 1u);
}

}  // namespace
}  // namespace overlap::access
