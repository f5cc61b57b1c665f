// Which form of a listing a client would rather have (RFC 9110, section 12.5.1).
#pragma once

#include "common/protocol/request_head.h"

namespace overlap::protocol {

// True if application/json has the higher quality, or the same as text/html but is named where that
// is only covered by a wildcard: "application/json, */*". False without Accept, for */*, and for a
// field that is malformed.
bool prefers_json(const RequestHead& head) noexcept;

}  // namespace overlap::protocol
