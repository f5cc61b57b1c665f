// The reason phrases of the status codes that the service sends (RFC 9110, section 15; 423 and 507
// RFC 4918; 429 and 431 RFC 6585; 104 the draft on resumable uploads; 460 tus).
#pragma once

#include <string_view>

namespace overlap::protocol {

// Empty for a code that the service never sends. Static storage.
std::string_view reason_phrase(int status) noexcept;

}  // namespace overlap::protocol
