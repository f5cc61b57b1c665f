// The query of a request's target: parameters that a route knows, checked against their types.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/config/config.h"

namespace overlap::admin {

enum class ParameterType : std::uint8_t {
  text,
  id,       // a whole number that fits 63 bits
  limit,    // 1..1000
  seconds,  // 10..3600
  flag,     // true or false
  time,     // RFC 3339
  model,
  severity,
  phase,   // of a connection
  result,  // of a transfer
  live_or_finished,
};

struct Parameter {
  std::string_view name;
  ParameterType type;
};

inline constexpr std::uint64_t limit_max = 1000;
inline constexpr std::uint64_t history_seconds_min = 10;
inline constexpr std::uint64_t history_seconds_max = 3600;

// Decodes %XX, and + to a space if it is that of a query. Absent if a % does not lead two
// hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

// "limit=10&after=7" with the names that `known` has, each at most once. Values are checked: the
// members below can rely on that. Throws Refusal 400 with a sentence that names the parameter.
class Query {
 public:
  Query() = default;
  Query(std::string_view text, std::span<const Parameter> known);

  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  // Empty if it is not given.
  std::string text(std::string_view name) const;
  // For id, limit and seconds.
  std::optional<std::uint64_t> number(std::string_view name) const;
  std::uint64_t limit() const { return number("limit").value_or(100); }
  bool flag(std::string_view name) const { return text(name) == "true"; }
  std::optional<std::int64_t> unix_ms(std::string_view name) const;
  // For the types that are one of some names: the index of the value among them.
  template <class Names>
  std::optional<std::size_t> choice(std::string_view name, const Names& names) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    for (std::size_t index = 0; index < names.size(); ++index)
      if (names[index] == found->second) return index;
    return std::nullopt;
  }
  std::optional<config::ModelName> model() const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace overlap::admin
