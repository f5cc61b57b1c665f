#include "common/listing/cursor.h"

#include <array>
#include <charconv>

namespace overlap::listing {
namespace {

// "f_1a2b_6632341c_6e616d65": kind, size, time and the bytes of the name, all in hexadecimal.
constexpr char separator = '_';
constexpr std::string_view digits = "0123456789abcdef";

template <class Number>
void append_hex(std::string& text, Number number) {
  std::array<char, 24> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, 16).ptr;
  text.append(buffer.data(), end);
}

// What stands before the next separator, which is taken off too.
std::string_view take_field(std::string_view& rest) noexcept {
  const auto field = rest.substr(0, rest.find(separator));
  rest.remove_prefix(field.size() < rest.size() ? field.size() + 1 : field.size());
  return field;
}

template <class Number>
bool read_hex(std::string_view field, Number& number) noexcept {
  const auto* end = field.data() + field.size();
  const auto read = std::from_chars(field.data(), end, number, 16);
  return read.ec == std::errc() && read.ptr == end;
}

bool read_name(std::string_view field, std::string& name) {
  if (field.empty() || field.size() % 2 != 0) return false;
  name.reserve(field.size() / 2);
  for (; !field.empty(); field.remove_prefix(2)) {
    unsigned byte = 0;
    if (!read_hex(field.substr(0, 2), byte)) return false;
    name += static_cast<char>(byte);
  }
  return true;
}

}  // namespace

std::string to_text(const EntryView& last) {
  std::string text(1, last.folder ? 'd' : 'f');
  text += separator;
  append_hex(text, last.size);
  text += separator;
  append_hex(text, last.modified_unix_seconds);
  text += separator;
  for (const char c : last.name) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::optional<Cursor> parse_cursor(std::string_view text) {
  Cursor cursor;
  std::string_view rest = text;
  cursor.folder = take_field(rest) == "d";
  if (!read_hex(take_field(rest), cursor.size) ||
      !read_hex(take_field(rest), cursor.modified_unix_seconds) || !read_name(rest, cursor.name))
    return std::nullopt;
  // Leading zeros, capitals and whatever else reads as the same: only one text stands for a place.
  if (to_text(cursor.view()) != text) return std::nullopt;
  return cursor;
}

}  // namespace overlap::listing
