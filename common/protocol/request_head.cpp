#include "common/protocol/request_head.h"

#include "common/protocol/grammar.h"
#include "common/protocol/head_meaning.h"
#include "common/protocol/head_tokens.h"

namespace overlap::protocol {

std::optional<std::string_view> RequestHead::header(std::string_view name) const noexcept {
  for (const HeaderField& field : fields) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

FieldLines RequestHead::lines(std::string_view name) const noexcept {
  FieldLines found;
  for (const HeaderField& field : fields) {
    if (!equals_ignoring_case(field.name, name)) continue;
    if (++found.count == 1) found.value = field.value;
  }
  return found;
}

HeadStatus HeadReader::read(std::string_view bytes) {
  const HeadStatus scanned = scan_.scan(bytes);
  if (scanned == HeadStatus::refused) refusal_ = scan_.refusal();
  if (scanned != HeadStatus::complete) return scanned;
  head_.size = scan_.size();
  std::optional<Refusal> refusal = read_tokens(bytes.substr(0, head_.size), head_);
  if (!refusal) refusal = interpret(head_);
  if (!refusal) return HeadStatus::complete;
  refusal_ = *refusal;
  return HeadStatus::refused;
}

void HeadReader::restart() noexcept {
  std::vector<HeaderField> fields = std::move(head_.fields);
  fields.clear();
  head_ = {};
  head_.fields = std::move(fields);
  refusal_ = {};
  scan_.restart();
}

}  // namespace overlap::protocol
