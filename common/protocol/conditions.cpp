#include "common/protocol/conditions.h"

#include <string>
#include <string_view>
#include <utility>

#include "common/protocol/entity_tags.h"
#include "common/protocol/grammar.h"
#include "common/protocol/http_date.h"

namespace overlap::protocol {
namespace {

// All lines of one field together (RFC 9110, 5.3). "*" must be the only line.
ListMatch match_field(const RequestHead& head, std::string_view name,
                      const std::optional<Validators>& current, Comparison how) noexcept {
  ListMatch match = ListMatch::absent;
  std::size_t lines = 0;
  bool any = false;
  for (const HeaderField& field : head.fields) {
    if (!equals_ignoring_case(field.name, name)) continue;
    ++lines;
    any = any || field.value == "*";
    const ListMatch one = match_list(field.value, current, how);
    if (one == ListMatch::malformed || (any && lines > 1)) return ListMatch::malformed;
    if (match != ListMatch::same) match = one;
  }
  return match;
}

// The only field of that name; a date field with several members is ignored (13.1.3).
std::optional<std::int64_t> date_of(const RequestHead& head, std::string_view name,
                                    std::int64_t now) noexcept {
  const FieldLines field = head.lines(name);
  return field.count == 1 ? parse_any_http_date(field.value, now) : std::nullopt;
}

std::string combined(const RequestHead& head, std::string_view name) {
  std::string all;
  for (const HeaderField& field : head.fields) {
    if (!equals_ignoring_case(field.name, name)) continue;
    // A lone comma is a list of no tags, which is not the same as no list.
    if (!all.empty() || field.value.empty()) all += ',';
    all += field.value;
  }
  return all;
}

}  // namespace

Verdict evaluate(const RequestHead& head, const std::optional<Validators>& current,
                 std::int64_t now_unix_seconds) noexcept {
  const bool reading = head.method == Method::get || head.method == Method::head;
  const ListMatch match = match_field(head, "If-Match", current, Comparison::strong);
  const ListMatch none_match = match_field(head, "If-None-Match", current, Comparison::weak);
  if (match == ListMatch::malformed || none_match == ListMatch::malformed)
    return Verdict::malformed;

  if (match == ListMatch::different) return Verdict::failed;
  if (match == ListMatch::absent && current) {
    const auto since = date_of(head, "If-Unmodified-Since", now_unix_seconds);
    if (since && current->modified_unix_seconds > *since) return Verdict::failed;
  }
  if (none_match == ListMatch::same) return reading ? Verdict::not_modified : Verdict::failed;
  if (none_match == ListMatch::absent && reading && current) {
    const auto since = date_of(head, "If-Modified-Since", now_unix_seconds);
    if (since && current->modified_unix_seconds <= *since) return Verdict::not_modified;
  }
  return Verdict::proceed;
}

bool range_applies(const RequestHead& head, const Validators& current) noexcept {
  const FieldLines field = head.lines("If-Range");
  if (field.count == 0) return true;
  // A weak tag begins with W/ and a date with a letter: neither equals a tag with its quotes.
  const bool comparable = !current.weak && !current.etag.empty();
  return field.count == 1 && comparable && field.value == current.etag;
}

OrRefusal<WriteCondition> read_write_condition(const RequestHead& head,
                                               std::int64_t now_unix_seconds) {
  const auto malformed = [&head](std::string_view name) {
    return match_field(head, name, std::nullopt, Comparison::weak) == ListMatch::malformed;
  };
  if (malformed("If-Match")) return Refusal{400, "The If-Match is not a list of entity tags."};
  if (malformed("If-None-Match"))
    return Refusal{400, "The If-None-Match is not a list of entity tags."};
  return WriteCondition(combined(head, "If-Match"), combined(head, "If-None-Match"),
                        date_of(head, "If-Unmodified-Since", now_unix_seconds));
}

}  // namespace overlap::protocol
