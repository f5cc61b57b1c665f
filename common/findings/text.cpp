#include "common/findings/text.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace overlap::findings {
namespace {

struct Unit {
  double size;
  const char* name;
};

// In the largest unit of which there is at least one; the smallest comes first.
template <std::size_t count>
std::string in_units(double value, const std::array<Unit, count>& units) {
  std::size_t unit = 0;
  while (unit + 1 < count && value >= units[unit + 1].size) ++unit;
  return number(value / units[unit].size) + ' ' + units[unit].name;
}

}  // namespace

std::string number(double value) {
  const double size = std::abs(value);
  const int digits = size < 10 ? 2 : size < 100 ? 1 : 0;
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  std::string text = buffer.data();
  if (digits == 0) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string percent(double share) {
  return std::to_string(static_cast<std::int64_t>(std::floor(share * 100 + 1e-9))) + " %";
}

std::string duration(double seconds) {
  static constexpr std::array<Unit, 3> units{{{1e-6, "us"}, {1e-3, "ms"}, {1, "s"}}};
  if (seconds >= 2 * 86400) return number(seconds / 86400) + " days";
  if (seconds >= 2 * 3600) return number(seconds / 3600) + " h";
  if (seconds >= 120) return number(seconds / 60) + " min";
  return in_units(seconds, units);
}

std::string bytes(double count) {
  static constexpr std::array<Unit, 5> units{
      {{1, "bytes"}, {0x1p10, "KiB"}, {0x1p20, "MiB"}, {0x1p30, "GiB"}, {0x1p40, "TiB"}}};
  return in_units(count, units);
}

std::string rate(double per_second) { return number(per_second) + " a second"; }

std::string amount(std::int64_t count, const char* one, const char* several) {
  return std::to_string(count) + ' ' + (count == 1 ? one : several);
}

}  // namespace overlap::findings
