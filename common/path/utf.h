// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace overlap {

// Takes the first character off `rest`. Empty if `rest` does not begin with a well-formed one (or
// is empty); `rest` is then unchanged.
std::optional<char32_t> take_code_point(std::string_view& rest) noexcept;

bool is_valid_utf8(std::string_view text) noexcept;

// How many UTF-16 units a code point takes: what Windows counts in the length of a name.
constexpr std::size_t utf16_units(char32_t code_point) noexcept {
  return code_point < 0x10000 ? 1 : 2;
}

// The units of the text up to its end or to the first byte that is malformed.
std::size_t utf16_length(std::string_view text) noexcept;

// For the wide calls of Windows, in the byte order of the machine. Throws std::invalid_argument if
// the text is not valid UTF-8: replacing what is malformed could turn one name into another.
std::u16string to_utf16(std::string_view valid_utf8);

}  // namespace overlap
