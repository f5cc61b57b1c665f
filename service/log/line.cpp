#include "service/log/line.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace overlap::log {
namespace {

const char* name_of(config::Severity severity) {
  switch (severity) {
    case config::Severity::debug: return "debug  ";
    case config::Severity::info: return "info   ";
    case config::Severity::warning: return "warning";
    case config::Severity::error: return "error  ";
  }
  return "?      ";
}

// The length of the well-formed UTF-8 sequence at the start of `text`, or 0 (Unicode, table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  return length;
}

// C0 and C1 controls (the latter are C2 80..9F in UTF-8) and DEL.
bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  return first < 0x20 || first == 0x7F ||
         (first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0);
}

void append_escaped(std::string& line, char byte) {
  static constexpr char digits[] = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  line += {'\\', 'x', digits[value >> 4], digits[value & 15]};
}

std::string time_stamp(std::chrono::system_clock::time_point when) {
  using namespace std::chrono;
  const auto day = floor<days>(when);
  const year_month_day date{day};
  const hh_mm_ss time{floor<milliseconds>(when - day)};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

}  // namespace

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string safe;
  safe.reserve(std::min(text.size(), bytes_max));
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::size_t taken = length == 0 ? 1 : length;
    const bool escape = length == 0 || is_control(text.substr(0, length));
    if (safe.size() + (escape ? 4 * taken : taken) > bytes_max) {
      safe += "...";
      break;
    }
    for (const char byte : text.substr(0, taken)) {
      if (escape)
        append_escaped(safe, byte);
      else
        safe += byte;
    }
    text.remove_prefix(taken);
  }
  return safe;
}

std::string format_line(std::chrono::system_clock::time_point when, config::Severity severity,
                        std::string_view text) {
  std::string line = time_stamp(when);
  line += ' ';
  line += name_of(severity);
  line += ' ';
  line += printable(text, line_bytes_max);
  return line;
}

}  // namespace overlap::log
