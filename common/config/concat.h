#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace overlap::config {

// One allocation, and no chain of operator+, which GCC 12 warns of wrongly (its bug 105651).
inline std::string concat(std::initializer_list<std::string_view> parts) {
  std::size_t bytes = 0;
  for (const auto part : parts) bytes += part.size();
  std::string text;
  text.reserve(bytes);
  for (const auto part : parts) text += part;
  return text;
}

}  // namespace overlap::config
