// Rules as people write them: "/photos/2024" and "list,read".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/access/user.h"

namespace overlap::access {

// In the order in which they are written.
inline constexpr std::array<std::pair<Right, std::string_view>, 4> right_names{{
    {Right::list, "list"},
    {Right::read, "read"},
    {Right::write, "write"},
    {Right::remove, "delete"},
}};

// The right of that name. Nothing if there is none.
std::optional<Right> right_named(std::string_view name) noexcept;

// Names with commas between them, in any order, or "all" or "none" alone.
std::optional<Rights> parse_rights(std::string_view text) noexcept;

// parse_rights() of the result gives the same rights.
std::string describe(Rights rights);

// A folder or file in the served folder as people write it: "/" or "/photos/2024", not escaped.
// The first slash may be left out, and one may follow. What a URL cannot reach is refused with a
// sentence without a full stop.
struct PrefixText {
  std::string prefix;   // as Rule has it
  std::string problem;  // empty: `prefix` is good
};
PrefixText parse_prefix(std::string_view text);

// "/" or "/photos/2024": parse_prefix() of the result gives the same prefix.
std::string describe_prefix(std::string_view prefix);

}  // namespace overlap::access
