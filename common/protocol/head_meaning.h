// What the tokens of a request head mean together: version, target form, host, framing, connection
// options, expectations.
#pragma once

#include <optional>

#include "common/protocol/request_head.h"

namespace overlap::protocol {

// Reads method_text, target, minor_version and fields; fills in the rest.
std::optional<Refusal> interpret(RequestHead& head) noexcept;

// host [ ":" port ] as in the Host field (RFC 9110, 7.2). Empty is valid there.
bool is_host_and_port(std::string_view text) noexcept;

}  // namespace overlap::protocol
