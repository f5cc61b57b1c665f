#include "common/access/rule_text.h"

#include <algorithm>

#include "common/config/concat.h"
#include "common/path/url_path.h"

namespace overlap::access {
namespace {

// As a URL would name it, so that one set of rules says which names there are.
std::string escaped(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string url;
  for (const char c : text) {
    if (c != '%' && c != '#') {
      url += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    url += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return url;
}

}  // namespace

std::optional<Right> right_named(std::string_view name) noexcept {
  for (const auto& [right, known] : right_names) {
    if (known == name) return right;
  }
  return std::nullopt;
}

std::optional<Rights> parse_rights(std::string_view text) noexcept {
  if (text == "all") return Rights::all();
  if (text == "none") return Rights();
  Rights rights;
  while (true) {
    const std::size_t comma = text.find(',');
    const auto right = right_named(text.substr(0, comma));
    if (!right) return std::nullopt;
    rights = rights | *right;
    if (comma == std::string_view::npos) return rights;
    text.remove_prefix(comma + 1);
  }
}

std::string describe(Rights rights) {
  if (rights == Rights::all()) return "all";
  std::string text;
  for (const auto& [right, name] : right_names) {
    if (!rights.includes(right)) continue;
    if (!text.empty()) text += ',';
    text += name;
  }
  return text.empty() ? "none" : text;
}

PrefixText parse_prefix(std::string_view text) {
  std::string path = text.starts_with('/') ? escaped(text) : config::concat({"/", escaped(text)});
  const auto parsed = parse_url_path(path);
  if (const auto* refusal = std::get_if<PathRefusal>(&parsed)) {
    std::string problem = describe(*refusal);
    while (problem.ends_with('.') || problem.ends_with('\n')) problem.pop_back();
    return {{}, std::move(problem)};
  }
  return {std::get<StorePath>(parsed).text(), {}};
}

std::string describe_prefix(std::string_view prefix) { return config::concat({"/", prefix}); }

}  // namespace overlap::access
