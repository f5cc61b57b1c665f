#include "common/access/user.h"

#include <algorithm>
#include <utility>

#include "common/access/name_fold.h"

namespace overlap::access {
namespace {

// How many names deep: prefixes of one path that are written differently have different lengths.
std::ptrdiff_t depth_of(std::string_view prefix) noexcept {
  return prefix.empty() ? 0 : 1 + std::count(prefix.begin(), prefix.end(), '/');
}

}  // namespace

User::User(std::string name, std::vector<Rule> rules, std::uint64_t bytes_per_second_max)
    : name_(std::move(name)), rules_(std::move(rules)), bandwidth_(bytes_per_second_max) {}

Rights User::rights(const StorePath& path) const noexcept {
  const Rule* decisive = nullptr;
  std::ptrdiff_t depth = -1;
  for (const Rule& rule : rules_) {
    if (contains(rule.prefix, path.text()) != Containment::certain) continue;
    const std::ptrdiff_t rule_depth = depth_of(rule.prefix);
    if (rule_depth < depth) continue;
    decisive = &rule;
    depth = rule_depth;
  }
  if (decisive == nullptr) return {};
  Rights rights = decisive->rights;
  for (const Rule& rule : rules_) {
    if (depth_of(rule.prefix) < depth) continue;
    if (contains(rule.prefix, path.text()) == Containment::possible) rights = rights & rule.rights;
  }
  return rights;
}

Rights User::rights_throughout(const StorePath& path) const noexcept {
  Rights all = rights(path);
  for (const Rule& rule : rules_) {
    if (contains(path.text(), rule.prefix) != Containment::none) all = all & rule.rights;
  }
  return all;
}

}  // namespace overlap::access
