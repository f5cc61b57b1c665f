// Figures for people, and times in both directions. All times are UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace overlap::ctl {

std::string show_count(double value);  // "12,345"; a fraction only below 10: "1.5"
std::string show_bytes(double bytes);  // "512 B", "1.5 KiB", "120 MiB"
std::string show_rate(double bytes);   // "1.5 KiB/s"
std::string show_seconds(
    double value);  // "250 ms", "12.5 s", "3 min 20 s", "5 h 10 min", "2 d 3 h"
std::string show_microseconds(double value);  // "80 us", "1.2 ms", "3.4 s"
// "2026-11-23T12:00:00.250Z" as "2026-11-23 12:00:00"; another text as it is.
std::string show_time(std::string_view rfc3339);
std::string show_time_with_ms(std::string_view rfc3339);  // "2026-11-23 12:00:00.250"

// A moment as the API takes it, from what a person writes: a date and time of RFC 3339 (returned
// as it is), a date ("2026-11-23"), or how long ago: "30s", "15m", "2h", "7d". Empty if it is
// neither.
std::optional<std::string> parse_moment(std::string_view text, std::int64_t now_unix_ms);
std::string format_moment(std::int64_t unix_ms);  // RFC 3339 with milliseconds

}  // namespace overlap::ctl
