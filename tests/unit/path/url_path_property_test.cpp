// Random paths made of troublesome pieces: whatever is accepted must be free of everything that the
// rules forbid, by a second, independent reading of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/path/url_path.h"
#include "common/path/utf.h"

namespace overlap {
namespace {

using namespace std::string_view_literals;

constexpr std::array pieces{"/"sv,
                            "/"sv,
                            "a"sv,
                            "Bc"sv,
                            "file"sv,
                            "%41"sv,
                            "."sv,
                            ".."sv,
                            "%2e"sv,
                            "%2f"sv,
                            "%5c"sv,
                            "\\"sv,
                            ":"sv,
                            "%3A"sv,
                            " "sv,
                            "%20"sv,
                            "con"sv,
                            "NUL"sv,
                            "com"sv,
                            "Lpt"sv,
                            "1"sv,
                            "%c2%b9"sv,
                            "~"sv,
                            "~1"sv,
                            "$"sv,
                            ".txt"sv,
                            ".x"sv,
                            "%"sv,
                            "%25"sv,
                            "%00"sv,
                            "%1f"sv,
                            "%7f"sv,
                            "%c2%85"sv,
                            "%c0%af"sv,
                            "%ed%a0%80"sv,
                            "%c3%a4"sv,
                            "ä"sv,
                            "€"sv,
                            "?"sv,
                            "*"sv,
                            "%22"sv,
                            "|"sv,
                            ".overlap-"sv,
                            ".OVERLAP"sv,
                            "-"sv,
                            "conin"sv,
                            "%f0%9f%98%80"sv,
                            "\xff"sv,
                            "#"sv,
                            "ABCDEF"sv,
                            "clock"sv,
                            "aux"sv,
                            "prn"sv,
                            "%252e"sv,
                            "\xef\xbc\x8f"sv};

// Chosen afresh each run; OVERLAP_TEST_SEED repeats one.
std::uint64_t seed() {
  const char* given = std::getenv("OVERLAP_TEST_SEED");
  const std::uint64_t value =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "seed: OVERLAP_TEST_SEED=" << value << '\n';
  return value;
}

class Random {
 public:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_);
  }
  std::string path() {
    std::string url = below(50) == 0 ? "" : "/";
    const std::size_t count = below(7);
    for (std::size_t i = 0; i < count; ++i) {
      if (below(20) == 0) {
        url += static_cast<char>(below(256));
      } else if (below(60) == 0) {
        url.append(below(300), 'w');
      } else {
        url += pieces[below(pieces.size())];
      }
    }
    return url;
  }

 private:
  std::mt19937_64 engine_{seed()};
};

std::u16string lower(std::u16string text) {
  for (auto& unit : text) {
    if (unit >= u'A' && unit <= u'Z') unit = static_cast<char16_t>(unit + 32);
  }
  return text;
}

std::vector<std::u16string> split(const std::u16string& text, char16_t at) {
  std::vector<std::u16string> parts(1);
  for (const auto unit : text) {
    if (unit == at) {
      parts.emplace_back();
    } else {
      parts.back() += unit;
    }
  }
  return parts;
}

bool is_digits(const std::u16string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](auto c) { return c >= u'0' && c <= u'9'; });
}

bool opens_a_device(const std::u16string& segment) {
  std::u16string base = split(lower(segment), u'.').front();
  base.resize(base.find_last_not_of(u' ') + 1);
  for (const auto* name : {u"con", u"prn", u"aux", u"nul", u"conin$", u"conout$", u"clock$"}) {
    if (base == name) return true;
  }
  for (const auto* name : {u"com", u"lpt"}) {
    for (const auto digit : std::u16string_view(u"0123456789\u00B9\u00B2\u00B3")) {
      if (base == name + std::u16string(1, digit)) return true;
    }
  }
  return false;
}

bool could_be_a_short_name(const std::u16string& segment) {
  const auto parts = split(segment, u'.');
  if (parts.size() > 2 || (parts.size() == 2 && parts[1].size() > 3)) return false;
  const auto around = split(parts[0], u'~');
  return parts[0].size() <= 8 && around.size() > 1 && is_digits(around.back()) &&
         parts[0].find_last_of(u'~') > 0;
}

void expect_harmless(const std::u16string& segment) {
  EXPECT_FALSE(segment.empty());
  EXPECT_LE(segment.size(), 255u);
  for (const auto unit : segment) {
    EXPECT_EQ(std::u16string_view(u"\\:<>\"|?*").find(unit), std::u16string_view::npos);
    EXPECT_FALSE(unit < 0x20 || (unit >= 0x7F && unit < 0xA0));
  }
  EXPECT_NE(segment.back(), u'.');
  EXPECT_NE(segment.back(), u' ');
  EXPECT_FALSE(opens_a_device(segment));
  EXPECT_FALSE(could_be_a_short_name(segment));
  EXPECT_NE(lower(segment).substr(0, 9), u".overlap-");
}

std::string escape_all(std::string_view text) {
  constexpr auto digits = "0123456789abcdef"sv;
  std::string url;
  for (const char c : text) {
    if (c == '/') {
      url += c;
      continue;
    }
    url += '%';
    url += digits[static_cast<unsigned char>(c) >> 4];
    url += digits[static_cast<unsigned char>(c) & 15];
  }
  return url;
}

TEST(UrlPathProperty, accepts_nothing_forbidden_and_round_trips) {
  Random random;
  constexpr int rounds = 30'000;
  int accepted = 0;
  std::array<int, path_errors> refused{};
  for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    const std::string url = random.path();
    SCOPED_TRACE("path: " + testing::PrintToString(url));
    const auto parsed = parse_url_path(url);
    if (const auto* refusal = std::get_if<PathRefusal>(&parsed)) {
      ++refused[static_cast<std::size_t>(refusal->error)];
      EXPECT_NE(url.find(refusal->segment), std::string::npos);
      continue;
    }
    ++accepted;
    const auto& path = std::get<StorePath>(parsed);
    EXPECT_EQ(path.names_folder(), url.ends_with('/'));
    if (!path.text().empty()) {
      for (const auto& segment : split(to_utf16(path.text()), u'/')) expect_harmless(segment);
    }
    const std::string back = to_url_path(path);
    const auto again = parse_url_path(back);
    ASSERT_TRUE(std::holds_alternative<StorePath>(again)) << back;
    EXPECT_EQ(std::get<StorePath>(again), path);
    const std::string tail = path.names_folder() && !path.text().empty() ? "/" : "";
    const auto escaped = parse_url_path("/" + escape_all(path.text()) + tail);
    ASSERT_TRUE(std::holds_alternative<StorePath>(escaped));
    EXPECT_EQ(std::get<StorePath>(escaped), path);
  }
  // The pieces must keep meeting the rules, or this test would prove nothing.
  EXPECT_GT(accepted, rounds / 20);
  for (const auto error :
       {PathError::device_name, PathError::short_name, PathError::temporary_name,
        PathError::segment_too_long, PathError::trailing_dot_or_space, PathError::separator}) {
    EXPECT_GT(refused[static_cast<std::size_t>(error)], 0) << describe(error);
  }
}

}  // namespace
}  // namespace overlap
