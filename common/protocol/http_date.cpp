#include "common/protocol/http_date.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "common/protocol/grammar.h"

namespace overlap::protocol {
namespace {

namespace chrono = std::chrono;

constexpr std::string_view days = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view form = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view rfc850_form = ", 06-Nov-94 08:49:37 GMT";  // after the day's name
constexpr std::string_view asctime_form = "Sun Nov 06 08:49:37 1994";
constexpr std::array<std::string_view, 7> long_days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};

constexpr std::int64_t seconds_a_day = 86400;
constexpr std::int64_t earliest = -62167219200;  // 0000-01-01T00:00:00Z
constexpr std::int64_t latest = 253402300799;    // 9999-12-31T23:59:59Z

void put_number(char* to, std::int64_t value, int digits) noexcept {
  for (int i = digits - 1; i >= 0; --i, value /= 10) to[i] = static_cast<char>('0' + value % 10);
}

// Nothing unless text[from, from + digits) is all digits.
std::optional<unsigned> number_at(std::string_view text, std::size_t from, std::size_t digits) {
  const auto value = parse_decimal(text.substr(from, digits));
  return value ? std::optional<unsigned>(static_cast<unsigned>(*value)) : std::nullopt;
}

// The index of the three-letter name, or nothing.
std::optional<unsigned> name_in(std::string_view names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < names.size(); i += 3) {
    if (names.substr(i, 3) == name) return static_cast<unsigned>(i / 3);
  }
  return std::nullopt;
}

// Same length, and the same wherever the form has no letter or digit.
bool has_form(std::string_view text, std::string_view wanted) noexcept {
  if (text.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!is_alpha(wanted[i]) && !is_digit(wanted[i]) && text[i] != wanted[i]) return false;
  }
  return true;
}

struct DateParts {
  std::optional<unsigned> weekday, year, month, day;  // the month counts from 0
};

// `time` is "08:49:37". A leap second is read as the first second of the next minute.
std::optional<std::int64_t> read(const DateParts& parts, std::string_view time) noexcept {
  const auto hour = number_at(time, 0, 2);
  const auto minute = number_at(time, 3, 2);
  const auto second = number_at(time, 6, 2);
  if (!parts.weekday || !parts.day || !parts.month || !parts.year) return std::nullopt;
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  const chrono::year_month_day date{chrono::year{static_cast<int>(*parts.year)},
                                    chrono::month{*parts.month + 1}, chrono::day{*parts.day}};
  if (!date.ok()) return std::nullopt;
  const chrono::sys_days since{date};
  if (chrono::weekday{since}.c_encoding() != *parts.weekday) return std::nullopt;
  return since.time_since_epoch().count() * seconds_a_day + *hour * 3600 + *minute * 60 + *second;
}

std::optional<std::int64_t> parse_rfc850(std::string_view text, std::int64_t now) noexcept {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(comma);
  const auto name = std::find(long_days.begin(), long_days.end(), text.substr(0, comma));
  if (name == long_days.end() || !has_form(rest, rfc850_form) || !rest.ends_with("GMT"))
    return std::nullopt;
  const auto two_digits = number_at(rest, 9, 2);
  if (!two_digits) return std::nullopt;

  const chrono::sys_seconds today{chrono::seconds{std::clamp(now, earliest, latest)}};
  const int this_year =
      static_cast<int>(chrono::year_month_day{chrono::floor<chrono::days>(today)}.year());
  // Of the years with these two digits, the one within 50 years of now.
  int year = this_year - this_year % 100 + static_cast<int>(*two_digits);
  if (year > this_year + 50) year -= 100;
  if (year <= this_year - 50) year += 100;
  if (year < 0) return std::nullopt;
  return read({static_cast<unsigned>(name - long_days.begin()), static_cast<unsigned>(year),
               name_in(months, rest.substr(5, 3)), number_at(rest, 2, 2)},
              rest.substr(12, 8));
}

}  // namespace

HttpDate::HttpDate(std::int64_t unix_seconds) noexcept {
  unix_seconds = std::clamp(unix_seconds, earliest, latest);
  const auto since = chrono::sys_seconds{chrono::seconds{unix_seconds}};
  const auto day = chrono::floor<chrono::days>(since);
  const chrono::year_month_day date{day};
  const std::int64_t second = (since - day).count();
  std::copy(form.begin(), form.end(), text_.begin());
  std::copy_n(days.begin() + 3 * chrono::weekday{day}.c_encoding(), 3, text_.begin());
  std::copy_n(months.begin() + 3 * (static_cast<unsigned>(date.month()) - 1), 3, &text_[8]);
  put_number(&text_[5], static_cast<unsigned>(date.day()), 2);
  put_number(&text_[12], static_cast<int>(date.year()), 4);
  put_number(&text_[17], second / 3600, 2);
  put_number(&text_[20], second / 60 % 60, 2);
  put_number(&text_[23], second % 60, 2);
}

std::optional<std::int64_t> parse_http_date(std::string_view text) noexcept {
  if (!has_form(text, form) || text.substr(26) != "GMT") return std::nullopt;
  return read({name_in(days, text.substr(0, 3)), number_at(text, 12, 4),
               name_in(months, text.substr(8, 3)), number_at(text, 5, 2)},
              text.substr(17, 8));
}

std::optional<std::int64_t> parse_any_http_date(std::string_view text,
                                                std::int64_t now_unix_seconds) noexcept {
  if (const auto fixed = parse_http_date(text)) return fixed;
  if (has_form(text, asctime_form)) {
    const bool one_digit = text[8] == ' ';
    return read(
        {name_in(days, text.substr(0, 3)), number_at(text, 20, 4),
         name_in(months, text.substr(4, 3)), number_at(text, one_digit ? 9 : 8, one_digit ? 1 : 2)},
        text.substr(11, 8));
  }
  return parse_rfc850(text, now_unix_seconds);
}

}  // namespace overlap::protocol
