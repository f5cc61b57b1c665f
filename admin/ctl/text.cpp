#include "admin/ctl/text.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "common/path/utf.h"

namespace overlap::ctl {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t count>
bool in_any(const std::array<Range, count>& ranges, char32_t c) noexcept {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

// Format characters, line separators and private planes of tags: seen as nothing, or turning round
// what follows.
constexpr std::array<Range, 13> hidden{{{0xAD, 0xAD},
                                        {0x61C, 0x61C},
                                        {0x115F, 0x1160},
                                        {0x180E, 0x180E},
                                        {0x200B, 0x200F},
                                        {0x2028, 0x202E},
                                        {0x2060, 0x206F},
                                        {0x3164, 0x3164},
                                        {0xFEFF, 0xFEFF},
                                        {0xFFA0, 0xFFA0},
                                        {0xFFF0, 0xFFFB},
                                        {0x1D173, 0x1D17A},
                                        {0xE0000, 0xE0FFF}}};
constexpr std::array<Range, 8> combining{{{0x300, 0x36F},
                                          {0x483, 0x489},
                                          {0x591, 0x5BD},
                                          {0x1AB0, 0x1AFF},
                                          {0x1DC0, 0x1DFF},
                                          {0x20D0, 0x20FF},
                                          {0xFE00, 0xFE0F},
                                          {0xFE20, 0xFE2F}}};
constexpr std::array<Range, 10> wide{{{0x1100, 0x115E},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0x33FF},
                                      {0x3400, 0x4DBF},
                                      {0x4E00, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF01, 0xFF60},
                                      {0x1F300, 0x3FFFD}}};

bool is_control(char32_t c) noexcept { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

std::size_t columns_of(char32_t c) noexcept {
  if (c < 0x300) return 1;
  if (in_any(combining, c)) return 0;
  return in_any(wide, c) ? 2 : 1;
}

template <class... Values>
std::string written(const char* format, Values... values) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

// Takes a character off `rest`; a byte that is none counts as one.
std::string_view take(std::string_view& rest, std::size_t& columns) noexcept {
  const std::string_view before = rest;
  const auto c = take_code_point(rest);
  if (!c) rest.remove_prefix(1);
  columns = c ? columns_of(*c) : 1;
  return before.substr(0, before.size() - rest.size());
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const auto c = take_code_point(text);
    if (!c) {
      out += written("\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(text.front())));
      text.remove_prefix(1);
    } else if (is_control(*c)) {
      out += written("\\x%02X", static_cast<unsigned>(*c));
    } else if (in_any(hidden, *c)) {
      out += written("\\u{%X}", static_cast<unsigned>(*c));
    } else {
      out += before.substr(0, before.size() - text.size());
    }
  }
  return out;
}

std::size_t columns_of(std::string_view text) noexcept {
  std::size_t sum = 0;
  while (!text.empty()) {
    std::size_t columns = 0;
    take(text, columns);
    sum += columns;
  }
  return sum;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    std::size_t next = 0;
    const std::string_view character = take(text, next);
    if (used + next + 1 > columns) break;  // one stays for the ellipsis
    out += character;
    used += next;
  }
  if (columns != 0) out += "\xE2\x80\xA6";
  return out;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  columns = std::max<std::size_t>(columns, 1);
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (used != 0 && used + 1 + columns_of(word) > columns) {
      lines.emplace_back();
      used = 0;
    }
    if (used != 0) {
      lines.back() += ' ';
      ++used;
    }
    while (!word.empty()) {  // a word that is longer than a line goes on in the next
      std::size_t next = 0;
      const std::string_view character = take(word, next);
      if (used != 0 && used + next > columns) {
        lines.emplace_back();
        used = 0;
      }
      lines.back() += character;
      used += next;
    }
  }
  return lines;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (unreserved.find(c) != std::string_view::npos)
      out += c;
    else
      out += written("%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace overlap::ctl
