#include "common/listing/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>

#include "common/path/utf.h"

namespace overlap::listing {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

// The embeddings, overrides and isolates of the Unicode bidirectional algorithm (UAX 9, 2).
constexpr bool turns_direction(char32_t c) noexcept {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

void append_number(std::string& out, std::uint64_t number, std::size_t digits_min = 1) {
  std::array<char, 24> buffer{};
  const auto* end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  const auto digits = static_cast<std::size_t>(end - buffer.data());
  if (digits < digits_min) out.append(digits_min - digits, '0');
  out.append(buffer.data(), digits);
}

constexpr bool is_unreserved(char c) noexcept {  // RFC 3986, 2.3
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// Rounded. `factor` is 1 or 10: below 2^60, what does not fill a unit can be taken so many times.
constexpr std::uint64_t in_units(std::uint64_t bytes, std::size_t unit,
                                 std::uint64_t factor) noexcept {
  const std::size_t shift = 10 * unit;
  const std::uint64_t whole = bytes >> shift;
  const std::uint64_t rest = bytes - (whole << shift);
  const std::uint64_t half = (std::uint64_t{1} << shift) / 2;
  return whole * factor + ((rest * factor + half) >> shift);
}

}  // namespace

void append_html(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
}

void append_name(std::string& out, std::string_view name) {
  out += "<bdi>";
  while (!name.empty()) {
    std::string_view rest = name;
    const auto c = take_code_point(rest);
    if (!c) {  // names are UTF-8; whatever else came here must not stop the page
      out += "\xEF\xBF\xBD";
      name.remove_prefix(1);
      continue;
    }
    if (turns_direction(*c)) {
      out += "<i>U+";
      for (int shift = 12; shift >= 0; shift -= 4) out += hex_digits[(*c >> shift) & 15];
      out += "</i>";
    } else {
      append_html(out, name.substr(0, name.size() - rest.size()));
    }
    name = rest;
  }
  out += "</bdi>";
}

void append_href(std::string& out, std::string_view name) {
  for (const char c : name) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
  }
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex_digits[byte >> 4];
      out += hex_digits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_size(std::string& out, std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> units{" B",   " KiB", " MiB", " GiB",
                                                  " TiB", " PiB", " EiB"};
  std::size_t unit = 0;
  if (bytes >= 1024) unit = 1;
  // From 1000 on the next unit says it in fewer digits.
  while (unit > 0 && unit + 1 < units.size() && in_units(bytes, unit, 1) >= 1000) ++unit;
  const std::uint64_t tenths = in_units(bytes, unit, 10);
  if (unit == 0 || tenths >= 1000) {
    append_number(out, in_units(bytes, unit, 1));
  } else {
    append_number(out, tenths / 10);
    out += '.';
    append_number(out, tenths % 10);
  }
  out += units[unit];
}

void append_exact_size(std::string& out, std::uint64_t bytes) {
  std::string digits;
  append_number(digits, bytes);
  for (std::size_t left = digits.size(); left > 0; --left) {
    out += digits[digits.size() - left];
    if (left % 3 == 1 && left > 1) out += ',';
  }
  out += bytes == 1 ? " byte" : " bytes";
}

void append_rfc3339(std::string& out, std::int64_t unix_seconds) {
  using namespace std::chrono;
  constexpr std::int64_t first = sys_seconds(sys_days(year(0) / 1 / 1)).time_since_epoch().count();
  constexpr std::int64_t end =
      sys_seconds(sys_days(year(10'000) / 1 / 1)).time_since_epoch().count();
  const sys_seconds moment{seconds(std::clamp(unix_seconds, first, end - 1))};
  const auto midnight = floor<days>(moment);
  const year_month_day date(midnight);
  const hh_mm_ss time(moment - midnight);
  const auto two = [&out](std::int64_t number) {
    append_number(out, static_cast<std::uint64_t>(number), 2);
  };
  append_number(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  out += '-';
  two(static_cast<unsigned>(date.month()));
  out += '-';
  two(static_cast<unsigned>(date.day()));
  out += 'T';
  two(time.hours().count());
  out += ':';
  two(time.minutes().count());
  out += ':';
  two(time.seconds().count());
  out += 'Z';
}

}  // namespace overlap::listing
