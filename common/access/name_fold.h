// Which names a file system without case might take for one.
#pragma once

#include <string_view>

namespace overlap::access {

// The same for all characters that Unicode 14 joins by a mapping of one character to another:
// to lower, upper or title case or by folding. So it joins at least what the table of an NTFS
// volume joins, which is made from such mappings: "É" with "é", and also "K" with the Kelvin sign.
// Composed and decomposed forms stay apart, as they do on NTFS.
char32_t fold(char32_t code_point) noexcept;

// For ASCII letters alone; everything else is itself.
constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// How a folder or file (`prefix`) lies to a path. Both as StorePath::text(); an empty prefix is
// above everything.
enum class Containment : unsigned char {
  none,
  possible,  // equal or above, if the file system joins what fold() joins
  certain,   // equal or above; only the case of ASCII letters may differ
};
Containment contains(std::string_view prefix, std::string_view path) noexcept;

}  // namespace overlap::access
