// One line of the log as text. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/config/config.h"

namespace overlap::log {

// A line longer than this is cut and ends in "...": one request must not fill the log.
inline constexpr std::size_t line_bytes_max = 8 * 1024;

// `text` such that it can neither forge another line nor drive a terminal, in UTF-8: control
// characters and bytes that are not UTF-8 appear as \xNN. Of one that is longer than `bytes_max`
// after that, what fits whole, and "...".
std::string printable(std::string_view text, std::size_t bytes_max);

// "2026-01-31T23:59:59.999Z warning text", with what is printable of the text.
std::string format_line(std::chrono::system_clock::time_point when, config::Severity severity,
                        std::string_view text);

}  // namespace overlap::log
