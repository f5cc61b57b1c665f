// Times as text (RFC 3339).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace overlap::admin {

// "2026-11-23T12:00:00.250Z". Times before the year 0 or after 9999 become the nearest that the
// format can say.
std::string to_rfc3339(std::int64_t unix_ms);

// With "Z" or a distance to UTC ("+02:00"); digits past the milliseconds are left out. A leap
// second is that before it.
std::optional<std::int64_t> from_rfc3339(std::string_view text);

}  // namespace overlap::admin
