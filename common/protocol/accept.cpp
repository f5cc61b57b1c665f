#include "common/protocol/accept.h"

#include <optional>
#include <string_view>

#include "common/protocol/grammar.h"

namespace overlap::protocol {
namespace {

constexpr int thousand = 1000;

// ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ), in thousandths.
std::optional<int> parse_quality(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int quality = (text[0] - '0') * thousand;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int unit = 100;
  for (std::size_t i = 2; i < text.size(); ++i, unit /= 10) {
    if (!is_digit(text[i])) return std::nullopt;
    quality += (text[i] - '0') * unit;
  }
  return quality <= thousand ? std::optional(quality) : std::nullopt;
}

// How well a range covers a type: 3 by name, 2 by its kind, 1 by */*, 0 not.
int coverage(std::string_view range, std::string_view type) noexcept {
  if (equals_ignoring_case(range, type)) return 3;
  const std::string_view kind = type.substr(0, type.find('/') + 1);
  if (range.size() == kind.size() + 1 && range.back() == '*' &&
      equals_ignoring_case(range.substr(0, kind.size()), kind))
    return 2;
  return range == "*/*" ? 1 : 0;
}

struct Preference {
  int coverage = 0;
  int quality = 0;

  // The most precise range that covers a type says its quality (RFC 9110, 12.5.1).
  void note(int covered, int of_quality) noexcept {
    if (covered == 0 || covered < coverage) return;
    quality = covered == coverage && quality > of_quality ? quality : of_quality;
    coverage = covered;
  }
};

struct MediaRange {
  std::string_view type;
  int quality = thousand;
  bool has_parameters = false;
};

// A media range and its parameters. Quoted parameters may hold ',' and ';': none is known for these
// types, so a field that has one is taken for malformed.
std::optional<MediaRange> parse_member(std::string_view member) noexcept {
  MediaRange range;
  std::size_t end = member.find(';');
  range.type = trimmed(member.substr(0, end));
  const std::size_t slash = range.type.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == range.type.size())
    return std::nullopt;
  for (const char c : range.type) {
    if (!is_token_char(c) && c != '/') return std::nullopt;
  }
  while (end != std::string_view::npos) {
    member.remove_prefix(end + 1);
    end = member.find(';');
    const std::string_view parameter = trimmed(member.substr(0, end));
    if (parameter.empty()) continue;
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (!equals_ignoring_case(parameter.substr(0, equals), "q")) {
      range.has_parameters = true;
      continue;
    }
    const auto quality = parse_quality(parameter.substr(equals + 1));
    if (!quality) return std::nullopt;
    range.quality = *quality;
  }
  return range;
}

}  // namespace

bool prefers_json(const RequestHead& head) noexcept {
  Preference json;
  Preference html;
  bool malformed = false;
  for (const HeaderField& field : head.fields) {
    if (!equals_ignoring_case(field.name, "Accept")) continue;
    for_each_member(field.value, [&](std::string_view member) {
      const auto range = parse_member(member);
      malformed = malformed || !range;
      // "text/html;level=1" is not what is offered.
      if (!range || range->has_parameters) return;
      json.note(coverage(range->type, "application/json"), range->quality);
      html.note(coverage(range->type, "text/html"), range->quality);
    });
  }
  if (malformed || json.quality == 0) return false;
  return json.quality > html.quality ||
         (json.quality == html.quality && json.coverage == 3 && html.coverage < 3);
}

}  // namespace overlap::protocol
