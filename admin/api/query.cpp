#include "admin/api/query.h"

#include <algorithm>
#include <charconv>

#include "admin/api/message.h"
#include "admin/api/rfc3339.h"
#include "common/management/journal.h"
#include "common/management/state.h"

namespace overlap::admin {
namespace {

constexpr std::array<std::string_view, 2> transfer_states{"live", "finished"};

int hexadecimal(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// What a value must be, or nothing if it is.
std::string between(std::string_view value, std::uint64_t least, std::uint64_t most) {
  const auto number = whole(value);
  if (number && *number >= least && *number <= most) return {};
  return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

template <class Names>
std::string among(std::string_view value, const Names& names) {
  if (std::find(names.begin(), names.end(), value) != names.end()) return {};
  std::string text = "one of ";
  for (const std::string_view name : names) {
    if (name != names.front()) text += ", ";
    text += name;
  }
  return text;
}

std::string expected(ParameterType type, std::string_view value) {
  switch (type) {
    case ParameterType::text: return {};
    case ParameterType::id: return between(value, 0, INT64_MAX);
    case ParameterType::limit: return between(value, 1, limit_max);
    case ParameterType::seconds: return between(value, history_seconds_min, history_seconds_max);
    case ParameterType::flag: return among(value, std::array<std::string_view, 2>{"true", "false"});
    case ParameterType::time:
      return from_rfc3339(value) ? std::string{} : "a time like 2026-11-23T12:00:00Z";
    case ParameterType::model: return among(value, config::model_names);
    case ParameterType::severity: return among(value, config::severity_names);
    case ParameterType::phase: return among(value, management::connection_phase_names);
    case ParameterType::result: return among(value, management::transfer_result_names);
    case ParameterType::live_or_finished: return among(value, transfer_states);
  }
  return {};
}

[[noreturn]] void refuse(std::string detail) { throw Refusal{400, std::move(detail)}; }

// For a sentence: a name that the client made up is not worth more.
std::string quoted(std::string_view text) {
  constexpr std::size_t shown_max = 40;
  std::string shown{text.substr(0, shown_max)};
  for (char& letter : shown)
    if (letter < ' ' || letter > '~' || letter == '"') letter = '?';
  return '"' + shown + (text.size() > shown_max ? "...\"" : "\"");
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[at] == '%') {
      if (at + 2 >= text.size()) return std::nullopt;
      const int high = hexadecimal(text[at + 1]);
      const int low = hexadecimal(text[at + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      decoded += text[at];
    }
  }
  return decoded;
}

Query::Query(std::string_view text, std::span<const Parameter> known) {
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = percent_decoded(pair.substr(0, equals), true);
    const auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) refuse("The query holds a % that no two hexadecimal digits follow.");
    const auto parameter = std::find_if(known.begin(), known.end(),
                                        [&](const Parameter& one) { return one.name == *name; });
    if (parameter == known.end()) refuse("There is no parameter " + quoted(*name) + " here.");
    if (const std::string must_be = expected(parameter->type, *value); !must_be.empty())
      refuse("The parameter " + *name + " must be " + must_be + ", not " + quoted(*value) + '.');
    if (!values_.emplace(*name, *value).second)
      refuse("The parameter " + *name + " is given twice.");
  }
}

std::string Query::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string{} : found->second;
}

std::optional<std::uint64_t> Query::number(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : whole(found->second);
}

std::optional<std::int64_t> Query::unix_ms(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : from_rfc3339(found->second);
}

std::optional<config::ModelName> Query::model() const {
  const auto index = choice("model", config::model_names);
  return index ? std::optional{static_cast<config::ModelName>(*index)} : std::nullopt;
}

}  // namespace overlap::admin
