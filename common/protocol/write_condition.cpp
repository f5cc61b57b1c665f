#include "common/protocol/write_condition.h"

#include <utility>

#include "common/protocol/entity_tags.h"

namespace overlap::protocol {

WriteCondition::WriteCondition(std::string if_match, std::string if_none_match,
                               std::optional<std::int64_t> unmodified_since)
    : if_match_(std::move(if_match)), if_none_match_(std::move(if_none_match)) {
  if (if_match_.empty()) unmodified_since_ = unmodified_since;
}

bool WriteCondition::empty() const noexcept {
  return if_match_.empty() && if_none_match_.empty() && !unmodified_since_;
}

bool WriteCondition::holds(const std::optional<Validators>& current) const noexcept {
  if (!if_match_.empty() && match_list(if_match_, current, Comparison::strong) != ListMatch::same)
    return false;
  if (unmodified_since_ && current && current->modified_unix_seconds > *unmodified_since_)
    return false;
  return if_none_match_.empty() ||
         match_list(if_none_match_, current, Comparison::weak) == ListMatch::different;
}

}  // namespace overlap::protocol
