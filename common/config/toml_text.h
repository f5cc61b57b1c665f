// Values as TOML text.
#pragma once

#include <string>
#include <string_view>

namespace overlap::config {

// A basic string (TOML 1.0.0, "String"). `text` has no control characters.
inline std::string toml_string(std::string_view text) {
  std::string toml = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') toml += '\\';
    toml += c;
  }
  return toml + '"';
}

}  // namespace overlap::config
