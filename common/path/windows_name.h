// Names that mean something else to Windows, or to this product, than the file they seem to name.
// Source: Microsoft, "Naming Files, Paths, and Namespaces".
#pragma once

#include <cstddef>
#include <string_view>

namespace overlap {

// Uploads are written under names that begin so, beside the file that they will become. No client
// may name them. No letter of it has a non-ASCII partner in Unicode case folding (as k and s have),
// so comparing its ASCII letters without case covers what NTFS would take for the same name.
inline constexpr std::string_view temporary_prefix = ".overlap-";

// NTFS limits a name to this many UTF-16 units.
inline constexpr std::size_t segment_units_max = 255;

// Each takes one segment of a path in valid UTF-8, and ignores case.

// CON, PRN, AUX, NUL, CONIN$, CONOUT$, CLOCK$, and COM or LPT with one digit of 0-9 or ¹²³:
// whatever follows the first dot, and with spaces before it, as in "nul .txt".
bool is_device_name(std::string_view segment) noexcept;

// Has the form of the second name that NTFS and FAT give to a file of a long name: "PROGRA~1",
// "LONGFI~1.TXT". Such a name could reach a file past a rule made for its long name.
bool is_short_name(std::string_view segment) noexcept;

bool is_temporary_name(std::string_view segment) noexcept;

}  // namespace overlap
