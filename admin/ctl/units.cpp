#include "admin/ctl/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace overlap::ctl {
namespace {

template <class... Values>
std::string written(const char* format, Values... values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

// Three digits that count: "1.5", "12.5", "125".
std::string short_number(double value) {
  if (value >= 99.95 || value == std::floor(value)) return written("%.0f", value);
  return written("%.1f", value);
}

std::string in_two_units(double value, double unit, const char* large, double part,
                         const char* small) {
  const double whole = std::floor(value / unit);
  const double rest = std::floor((value - whole * unit) / part);
  std::string text = written("%.0f", whole) + ' ' + large;
  if (rest > 0) text += written(" %.0f ", rest) + small;
  return text;
}

bool digits_at(std::string_view text, std::size_t at, std::size_t count) {
  return text.size() >= at + count &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                     text.begin() + static_cast<std::ptrdiff_t>(at + count),
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool is_date(std::string_view text) {
  return digits_at(text, 0, 4) && text[4] == '-' && digits_at(text, 5, 2) && text[7] == '-' &&
         digits_at(text, 8, 2);
}

// Whether it has the shape; the service says what is wrong with a 30th of February.
bool is_date_time(std::string_view text) {
  return text.size() >= 20 && is_date(text) && (text[10] == 'T' || text[10] == 't') &&
         digits_at(text, 11, 2) && text[13] == ':' && digits_at(text, 14, 2) && text[16] == ':' &&
         digits_at(text, 17, 2);
}

}  // namespace

std::string show_count(double value) {
  if (value < 10 && value != std::floor(value)) return written("%.1f", value);
  std::string digits = written("%.0f", value);
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

std::string show_bytes(double bytes) {
  constexpr std::array<const char*, 6> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  while (bytes >= 1023.5 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  return short_number(unit == 0 ? std::round(bytes) : bytes) + ' ' + units[unit];
}

std::string show_rate(double bytes) { return show_bytes(bytes) + "/s"; }

std::string show_seconds(double value) {
  if (value < 0.0005) return "0 s";
  if (value < 0.9995) return written("%.0f ms", value * 1000);
  if (value < 60) return short_number(value < 10 ? value : std::floor(value)) + " s";
  if (value < 3600) return in_two_units(value, 60, "min", 1, "s");
  if (value < 86'400) return in_two_units(value, 3600, "h", 60, "min");
  return in_two_units(value, 86'400, "d", 3600, "h");
}

std::string show_microseconds(double value) {
  if (value < 999.5) return written("%.0f us", value);
  if (value < 999'500) return short_number(value / 1000) + " ms";
  return short_number(value / 1'000'000) + " s";
}

std::string show_time(std::string_view rfc3339) {
  if (!is_date_time(rfc3339)) return std::string(rfc3339);
  return std::string(rfc3339.substr(0, 10)) + ' ' + std::string(rfc3339.substr(11, 8));
}

std::string show_time_with_ms(std::string_view rfc3339) {
  if (!is_date_time(rfc3339) || !digits_at(rfc3339, 20, 3)) return show_time(rfc3339);
  return show_time(rfc3339) + std::string(rfc3339.substr(19, 4));
}

std::string format_moment(std::int64_t unix_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> moment{milliseconds(unix_ms)};
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  return written("%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                 static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                 static_cast<int>(time.seconds().count()),
                 static_cast<int>(time.subseconds().count()));
}

std::optional<std::string> parse_moment(std::string_view text, std::int64_t now_unix_ms) {
  if (is_date_time(text)) return std::string(text);
  if (text.size() == 10 && is_date(text)) return std::string(text) + "T00:00:00.000Z";
  if (text.size() < 2) return std::nullopt;
  constexpr std::string_view units = "smhd";
  constexpr std::array<std::int64_t, 4> unit_seconds{1, 60, 3600, 86'400};
  constexpr std::int64_t count_max = 100'000;
  const std::size_t unit = units.find(text.back());
  const char* const end = text.data() + text.size() - 1;
  std::int64_t count = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (unit == std::string_view::npos || error != std::errc{} || stop != end || count < 0 ||
      count > count_max)
    return std::nullopt;
  return format_moment(std::max<std::int64_t>(0, now_unix_ms - count * unit_seconds[unit] * 1000));
}

}  // namespace overlap::ctl
