#include "common/protocol/entity_tags.h"

#include "common/protocol/grammar.h"

namespace overlap::protocol {
namespace {

// etagc: any visible character but the double quote.
constexpr bool is_tag_char(char c) noexcept { return is_visible(c) && c != '"'; }

void skip_space(std::string_view& text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

std::optional<EntityTagText> take_tag(std::string_view& rest) noexcept {
  const bool weak = rest.starts_with("W/");  // case-sensitive
  const std::string_view quoted = rest.substr(weak ? 2 : 0);
  if (quoted.empty() || quoted.front() != '"') return std::nullopt;
  std::size_t end = 1;
  while (end < quoted.size() && is_tag_char(quoted[end])) ++end;
  if (end == quoted.size() || quoted[end] != '"') return std::nullopt;
  rest = quoted.substr(end + 1);
  return EntityTagText{quoted.substr(0, end + 1), weak};
}

bool same_tag(const EntityTagText& tag, const Validators& current, Comparison how) noexcept {
  const bool comparable = how == Comparison::weak || (!tag.weak && !current.weak);
  return comparable && tag.opaque == current.etag;
}

}  // namespace

std::optional<EntityTagText> EntityTagReader::next() noexcept {
  skip_space(rest_);
  while (!rest_.empty() && rest_.front() == ',') {
    rest_.remove_prefix(1);
    skip_space(rest_);
  }
  if (rest_.empty()) return std::nullopt;
  const std::optional<EntityTagText> tag = take_tag(rest_);
  skip_space(rest_);
  malformed_ = !tag || (!rest_.empty() && rest_.front() != ',');
  if (malformed_) rest_ = {};
  return malformed_ ? std::nullopt : tag;
}

ListMatch match_list(std::string_view value, const std::optional<Validators>& current,
                     Comparison how) noexcept {
  if (trimmed(value) == "*") return current ? ListMatch::same : ListMatch::different;
  EntityTagReader tags(value);
  ListMatch match = ListMatch::different;
  while (const auto tag = tags.next()) {
    if (current && same_tag(*tag, *current, how)) match = ListMatch::same;
  }
  return tags.malformed() ? ListMatch::malformed : match;
}

}  // namespace overlap::protocol
