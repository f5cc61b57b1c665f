#include "common/protocol/http_date.h"

#include <algorithm>
#include <chrono>

#include "common/protocol/grammar.h"

namespace overlap::protocol {
namespace {

namespace chrono = std::chrono;

constexpr std::string_view days = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view form = "Sun, 06 Nov 1994 08:49:37 GMT";

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
  if (text.size() != form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (!is_alpha(form[i]) && !is_digit(form[i]) && text[i] != form[i]) return std::nullopt;
  }
  const auto weekday = name_in(days, text.substr(0, 3));
  const auto day = number_at(text, 5, 2);
  const auto month = name_in(months, text.substr(8, 3));
  const auto year = number_at(text, 12, 4);
  const auto hour = number_at(text, 17, 2);
  const auto minute = number_at(text, 20, 2);
  const auto second = number_at(text, 23, 2);
  if (!weekday || !day || !month || !year || !hour || !minute || !second) return std::nullopt;
  if (text.substr(26) != "GMT" || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;

  const chrono::year_month_day date{chrono::year{static_cast<int>(*year)},
                                    chrono::month{*month + 1}, chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  const chrono::sys_days since{date};
  if (chrono::weekday{since}.c_encoding() != *weekday) return std::nullopt;
  return since.time_since_epoch().count() * seconds_a_day + *hour * 3600 + *minute * 60 + *second;
}

}  // namespace overlap::protocol
