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
        std::chrono::duration_cast<milliseconds>(throttle.failed(client_network(address), now).wait)
            .count());
  return found;
}
using Waits = std::vector<long long>;

const ClientNetwork client = client_network("192.0.2.1");
const ClientNetwork other = client_network("192.0.2.2");

ClientNetwork client_number(std::size_t i) {
  return client_network("10." + std::to_string(i >> 16) + '.' + std::to_string(i >> 8 & 255) + '.' +
                        std::to_string(i & 255));
}

TEST(LoginThrottle, doubles_the_wait_of_a_client_up_to_eight_seconds) {
  LoginThrottle throttle;
  EXPECT_EQ(waits(throttle, "192.0.2.1", 7), (Waits{500, 1000, 2000, 4000, 8000, 8000, 8000}));
}

TEST(LoginThrottle, counts_each_client_for_itself) {
  LoginThrottle throttle;
  waits(throttle, "192.0.2.1", 5);
  EXPECT_EQ(waits(throttle, "192.0.2.2", 1), (Waits{500}));
}

TEST(LoginThrottle, a_success_resets) {
  LoginThrottle throttle;
  waits(throttle, "192.0.2.1", 3);
  throttle.succeeded(other);
  EXPECT_EQ(waits(throttle, "192.0.2.1", 1), (Waits{4000}));
  throttle.succeeded(client);
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
  throttle.failed(client, start);
  constexpr Instant minute = LoginThrottle::decay;
  EXPECT_EQ(throttle.failed(client, start + 2 * minute - Instant(1)).count, 2u);
  EXPECT_EQ(throttle.failed(client, start + 4 * minute - Instant(1)).count, 1u);
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
    const auto failure = throttle.failed(client, start);
    if (failure.notable) notable.push_back(failure.count);
  }
  EXPECT_EQ(notable, (std::vector<std::uint64_t>{10, 100, 1000}));
}

TEST(LoginThrottle, an_ipv6_network_of_64_bits_is_one_client) {
  LoginThrottle throttle;
  waits(throttle, "2001:db8:1:2:3::4", 2);
  EXPECT_EQ(waits(throttle, "2001:db8:1:2:ffff::1", 1), (Waits{2000}));
  EXPECT_EQ(waits(throttle, "2001:db8:1:3:3::4", 1), (Waits{500}));
}

TEST(LoginThrottle, holds_a_client_back_until_the_first_wait_is_over) {
  LoginThrottle throttle;
  EXPECT_EQ(throttle.held_back(client, start), Instant::zero());
  throttle.failed(client, start);
  EXPECT_EQ(throttle.held_back(client, start), milliseconds(500));
  EXPECT_EQ(throttle.held_back(client, start + milliseconds(500) - Instant(1)), Instant(1));
  EXPECT_EQ(throttle.held_back(client, start + milliseconds(500)), Instant::zero());
  EXPECT_EQ(throttle.held_back(client, start + std::chrono::hours(1)), Instant::zero());
  EXPECT_EQ(throttle.held_back(other, start), Instant::zero());
}

// Otherwise one who guesses would lock out everybody behind the same proxy.
TEST(LoginThrottle, holds_a_client_back_for_a_second_at_most_however_often_it_fails) {
  LoginThrottle throttle;
  waits(throttle, "192.0.2.1", 5);
  EXPECT_EQ(throttle.held_back(client, start), std::chrono::seconds(1));
  // Of a log-in that was given earlier and waited for its turn longer.
  throttle.failed(client, start - milliseconds(1));
  EXPECT_EQ(throttle.held_back(client, start), std::chrono::seconds(1));
  EXPECT_EQ(throttle.held_back(client, start + std::chrono::seconds(1)), Instant::zero());
}

TEST(LoginThrottle, a_success_ends_the_wait) {
  LoginThrottle throttle;
  throttle.failed(client, start);
  throttle.succeeded(client);
  EXPECT_EQ(throttle.held_back(client, start), Instant::zero());
}

TEST(LoginThrottle, forgets_the_client_that_failed_longest_ago_when_it_is_full) {
  LoginThrottle throttle;
  for (std::size_t i = 0; i < LoginThrottle::clients_max; ++i)
    throttle.failed(client_number(i), start);
  throttle.failed(client_number(0), start);
  EXPECT_EQ(throttle.size(), LoginThrottle::clients_max);
  throttle.failed(client, start);
  EXPECT_EQ(throttle.size(), LoginThrottle::clients_max);
  EXPECT_EQ(throttle.failed(client_number(0), start).count, 3u);
  EXPECT_EQ(throttle.failed(client_number(2), start).count, 2u);
  EXPECT_EQ(throttle.failed(client_number(1), start).count, 1u);
}

}  // namespace
}  // namespace overlap::access
