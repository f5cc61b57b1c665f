// TOML as this product reads it: the only place that includes the library.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#define TOML_ENABLE_FORMATTERS 0
// No file of ours is deeper. Each level is a call on the stack of whoever parses.
#define TOML_MAX_NESTED_VALUES 8

// toml++ 3.4 takes for granted of every file what only a well-formed one has (its issue 294: "["
// alone in a line). With assertions that ends the process, without them the compiler relies on it.
// The checks of the library that come next find what is wrong.
#include <toml++/impl/preprocessor.hpp>
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(expression) static_cast<void>(0)
#include <toml++/toml.hpp>

namespace overlap::config {

// A dotted key is a table in a table for each dot, and letting go of it goes as deep; toml++ 3.4
// has no bound (its pull request 242). Strings and comments may use dots too, so the bound is far
// above any key.
inline constexpr std::size_t toml_line_dots_max = 100;

// Throws toml::parse_error.
inline toml::table parse_toml(std::string_view text) {
  toml::source_position here{1, 1};
  for (std::string_view rest = text; !rest.empty(); ++here.line) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (std::count(line.begin(), line.end(), '.') > std::ptrdiff_t{toml_line_dots_max})
      throw toml::parse_error("a line holds more than 100 dots", here);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return toml::parse(text);
}

}  // namespace overlap::config
