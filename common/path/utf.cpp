#include "common/path/utf.h"

#include <stdexcept>

namespace overlap {
namespace {

struct Lead {
  std::size_t bytes;  // of the whole sequence; 0 if no sequence begins so
  char32_t bits;      // the part of the code point that the first byte carries
  char32_t least;     // a smaller value would be an overlong form
};

constexpr Lead read_lead(unsigned char byte) noexcept {
  if (byte < 0x80) return {1, byte, 0};
  if ((byte & 0xE0) == 0xC0) return {2, byte & 0x1Fu, 0x80};
  if ((byte & 0xF0) == 0xE0) return {3, byte & 0x0Fu, 0x800};
  if ((byte & 0xF8) == 0xF0) return {4, byte & 0x07u, 0x10000};
  return {0, 0, 0};
}

constexpr bool is_surrogate(char32_t value) noexcept { return value >= 0xD800 && value <= 0xDFFF; }

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& rest) noexcept {
  if (rest.empty()) return std::nullopt;
  const Lead lead = read_lead(static_cast<unsigned char>(rest.front()));
  if (lead.bytes == 0 || rest.size() < lead.bytes) return std::nullopt;
  char32_t value = lead.bits;
  for (std::size_t i = 1; i < lead.bytes; ++i) {
    const auto byte = static_cast<unsigned char>(rest[i]);
    if ((byte & 0xC0) != 0x80) return std::nullopt;
    value = (value << 6) | (byte & 0x3Fu);
  }
  if (value < lead.least || value > 0x10FFFF || is_surrogate(value)) return std::nullopt;
  rest.remove_prefix(lead.bytes);
  return value;
}

bool is_valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    if (!take_code_point(text)) return false;
  }
  return true;
}

std::size_t utf16_length(std::string_view text) noexcept {
  std::size_t units = 0;
  while (const auto taken = take_code_point(text)) units += utf16_units(*taken);
  return units;
}

std::u16string to_utf16(std::string_view valid_utf8) {
  std::u16string wide;
  wide.reserve(valid_utf8.size());
  while (!valid_utf8.empty()) {
    const auto taken = take_code_point(valid_utf8);
    if (!taken) throw std::invalid_argument("to_utf16: the text is not valid UTF-8");
    if (utf16_units(*taken) == 1) {
      wide.push_back(static_cast<char16_t>(*taken));
    } else {
      const char32_t above = *taken - 0x10000;
      wide.push_back(static_cast<char16_t>(0xD800 + (above >> 10)));
      wide.push_back(static_cast<char16_t>(0xDC00 + (above & 0x3FF)));
    }
  }
  return wide;
}

}  // namespace overlap
