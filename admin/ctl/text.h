// Text for a terminal: what others have named must not drive it, and columns must line up.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace overlap::ctl {

// The text with everything that could move the cursor, hide or reorder what is shown in a form that
// can be seen: control characters and bytes that are not UTF-8 as \xNN; invisible and
// direction-changing characters and line separators as \u{N}. A backslash stays as it is. The
// result is valid UTF-8 in one line.
std::string printable(std::string_view text);

// Columns that printable text takes: 0 for combining characters, 2 for wide ones (Unicode Standard
// Annex #11: the blocks of East Asian scripts and pictures), 1 for others.
std::size_t columns_of(std::string_view text) noexcept;

// `text` in at most `columns`; if something had to go, the last column has an ellipsis.
std::string cut(std::string_view text, std::size_t columns);

// Lines of at most `columns`, broken at spaces where there are any. Never empty.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

// Characters that have a meaning in a URL path or query are replaced by %NN (RFC 3986, section
// 2.3: all but unreserved ones).
std::string percent_encode(std::string_view text);

}  // namespace overlap::ctl
