// The reason phrases of the status codes that the service sends (RFC 9110, section 15).
#pragma once

#include <string_view>

namespace overlap::protocol {

// Empty for a code that the service never sends. Static storage.
std::string_view reason_phrase(int status) noexcept;

}  // namespace overlap::protocol
