#include "admin/api/rfc3339.h"

#include <algorithm>
#include <chrono>

namespace overlap::admin {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_days;

constexpr std::int64_t year_0 = -62'167'219'200'000;
constexpr std::int64_t year_9999_ends = 253'402'300'799'999;

void append(std::string& text, std::int64_t number, std::size_t digits) {
  const std::string plain = std::to_string(number);
  text.append(digits - std::min(digits, plain.size()), '0');
  text += plain;
}

// Reads a text from its start.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool number(std::size_t digits, int most, int& into) {
    if (rest_.size() < digits) return false;
    into = 0;
    for (const char digit : rest_.substr(0, digits)) {
      if (digit < '0' || digit > '9') return false;
      into = into * 10 + (digit - '0');
    }
    rest_.remove_prefix(digits);
    return into <= most;
  }
  bool one_of(std::string_view letters) {
    if (rest_.empty() || letters.find(rest_.front()) == std::string_view::npos) return false;
    last_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  char last() const { return last_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  char last_ = 0;
};

bool read_fraction(Reader& reader, int& thousandths) {
  int digit = 0;
  if (!reader.number(1, 9, digit)) return false;
  for (int unit = 100;; unit /= 10) {
    thousandths += digit * unit;
    if (!reader.number(1, 9, digit)) return true;
  }
}

bool read_distance(Reader& reader, int& minutes) {
  if (reader.one_of("Zz")) return true;
  if (!reader.one_of("+-")) return false;
  const int sign = reader.last() == '-' ? -1 : 1;
  int hour = 0;
  int minute = 0;
  if (!reader.number(2, 23, hour) || !reader.one_of(":") || !reader.number(2, 59, minute))
    return false;
  minutes = sign * (hour * 60 + minute);
  return true;
}

}  // namespace

std::string to_rfc3339(std::int64_t unix_ms) {
  const std::chrono::sys_time<milliseconds> time{
      milliseconds{std::clamp(unix_ms, year_0, year_9999_ends)}};
  const sys_days day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::string text;
  append(text, static_cast<int>(date.year()), 4);
  append(text += '-', static_cast<unsigned>(date.month()), 2);
  append(text += '-', static_cast<unsigned>(date.day()), 2);
  append(text += 'T', clock.hours().count(), 2);
  append(text += ':', clock.minutes().count(), 2);
  append(text += ':', clock.seconds().count(), 2);
  append(text += '.', clock.subseconds().count(), 3);
  return text += 'Z';
}

std::optional<std::int64_t> from_rfc3339(std::string_view text) {
  Reader reader{text};
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int thousandths = 0;
  int distance_minutes = 0;
  if (!reader.number(4, 9999, year) || !reader.one_of("-") || !reader.number(2, 12, month) ||
      !reader.one_of("-") || !reader.number(2, 31, day) || !reader.one_of("Tt") ||
      !reader.number(2, 23, hour) || !reader.one_of(":") || !reader.number(2, 59, minute) ||
      !reader.one_of(":") || !reader.number(2, 60, second))
    return std::nullopt;
  if (reader.one_of(".") && !read_fraction(reader, thousandths)) return std::nullopt;
  if (!read_distance(reader, distance_minutes) || !reader.at_end()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  const milliseconds since_midnight =
      std::chrono::hours{hour} + std::chrono::minutes{minute - distance_minutes} +
      std::chrono::seconds{std::min(second, 59)} + milliseconds{thousandths};
  return (sys_days{date}.time_since_epoch() + since_midnight).count();
}

}  // namespace overlap::admin
