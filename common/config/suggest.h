#pragma once

#include <span>
#include <string_view>

namespace overlap::config {

// The candidate that `word` was probably meant to be: at most two insertions, removals or
// replacements of a character away, and fewer than the word is long. Empty if there is none.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace overlap::config
