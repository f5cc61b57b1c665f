// Dates of HTTP (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". Pure arithmetic, no time zone
// data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace overlap::protocol {

// An IMF-fixdate. Years outside 0000..9999 have none: they are shown as the nearest that has.
class HttpDate {
 public:
  explicit HttpDate(std::int64_t unix_seconds) noexcept;
  std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 29> text_;
};

// Accepts an IMF-fixdate only, of a day that exists; the name of the day is checked too. Nothing
// for the obsolete forms.
std::optional<std::int64_t> parse_http_date(std::string_view text) noexcept;

// Accepts the obsolete forms of RFC 850 and of asctime() too, as a recipient must:
// "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994". A year of two digits is the one
// that is not more than 50 years after `now_unix_seconds`.
std::optional<std::int64_t> parse_any_http_date(std::string_view text,
                                                std::int64_t now_unix_seconds) noexcept;

}  // namespace overlap::protocol
