// The conditions of a request, in the order of RFC 9110, section 13.2.2: If-Match or
// If-Unmodified-Since, then If-None-Match or If-Modified-Since, then If-Range.
//
// Conditions are judged last: a request that would fail without them fails as it would have (RFC
// 9110, 13.2.1), so a GET of a file that does not exist is 404 whatever it demands.
//
// Tags are read strictly and a malformed list is refused, since a write whose condition was not
// understood could destroy what the condition was to protect. A date that is none is ignored, and
// so is any date if there is no file, as the RFC demands (13.1.3, 13.1.4).
#pragma once

#include <cstdint>
#include <optional>

#include "common/protocol/refusal.h"
#include "common/protocol/request_head.h"
#include "common/protocol/write_condition.h"

namespace overlap::protocol {

enum class Verdict : std::uint8_t {
  proceed,
  not_modified,  // 304; GET and HEAD only
  failed,        // 412
  malformed,     // 400: a list of entity tags is not one
};

// `current` is empty if there is no such file. `now_unix_seconds` completes the two-digit years of
// an obsolete date form. Allocates nothing.
Verdict evaluate(const RequestHead& head, const std::optional<Validators>& current,
                 std::int64_t now_unix_seconds) noexcept;

// Whether the Range of a GET is to be answered: true without If-Range. A tag must be the current
// one by strong comparison. A date never counts: Last-Modified has whole seconds, a file may change
// twice in one, and 13.1.5 lets a date in only where it is a strong validator (8.8.2.2), which
// depends on the clocks of both sides. The whole file, which is then sent, is always right.
bool range_applies(const RequestHead& head, const Validators& current) noexcept;

// The condition of a PUT, DELETE, MOVE, COPY, POST or PATCH, to be asked by the store. For these
// methods holds(current) is true where evaluate() says proceed. Throws std::bad_alloc.
OrRefusal<WriteCondition> read_write_condition(const RequestHead& head,
                                               std::int64_t now_unix_seconds);

}  // namespace overlap::protocol
