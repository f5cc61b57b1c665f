#include "common/digest/secrets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

namespace overlap {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(Secrets, random_bytes_fill_everything_and_do_not_repeat) {
  std::set<std::array<std::byte, 16>> seen;
  for (int i = 0; i < 1000; ++i) {
    std::array<std::byte, 16> id{};
    random_bytes(id);
    EXPECT_TRUE(seen.insert(id).second);
  }
  // Each byte of a longer run changes within a few tries.
  std::vector<std::byte> bytes(1000);
  std::vector<bool> touched(bytes.size());
  for (int i = 0; i < 20; ++i) {
    std::fill(bytes.begin(), bytes.end(), std::byte{0});
    random_bytes(bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at)
      if (bytes[at] != std::byte{0}) touched[at] = true;
  }
  EXPECT_EQ(std::count(touched.begin(), touched.end(), true), 1000);
  random_bytes({});
}

TEST(Secrets, equal_says_what_comparing_says) {
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_TRUE(equal_in_constant_time(bytes_of("secret"), bytes_of("secret")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("secret"), bytes_of("secre")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("secret"), {}));
  const std::string right = "the right one";
  for (std::size_t at = 0; at < right.size(); ++at) {
    std::string guess = right;
    guess[at] = static_cast<char>(guess[at] ^ 1);
    EXPECT_FALSE(equal_in_constant_time(bytes_of(right), bytes_of(guess))) << "differs at " << at;
  }
}

TEST(Secrets, wiped_bytes_are_zero) {
  std::array<std::byte, 5> secret;
  secret.fill(std::byte{7});
  wipe(secret);
  EXPECT_EQ(secret, (std::array<std::byte, 5>{}));
  wipe({});
}

}  // namespace
}  // namespace overlap
