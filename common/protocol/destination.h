// Where a MOVE or COPY leads: the fields of RFC 4918, sections 10.3 and 10.6.
#pragma once

#include <string_view>

#include "common/protocol/refusal.h"
#include "common/protocol/request_head.h"

namespace overlap::protocol {

// The path of the Destination, as sent and absolute, for parse_url_path(). The field is an absolute
// path or an http or https address of the host that the request is for; another host is refused
// with 502, as RFC 4918, 9.8.5 and 9.9.4 have it, anything else with 400. A query or fragment names
// no file: 400.
OrRefusal<std::string_view> read_destination(const RequestHead& head) noexcept;

// Whether what is at the destination may be replaced; true without the field. Refused with 400 if
// it is neither T nor F.
OrRefusal<bool> read_overwrite(const RequestHead& head) noexcept;

}  // namespace overlap::protocol
