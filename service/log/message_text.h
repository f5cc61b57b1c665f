// The text of an event, from the message table that is linked into the executable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "service/log/event_id.h"

namespace overlap::log {

// No message of the table has more.
inline constexpr std::size_t inserts_max = 8;

// ReportEvent refuses a string of more than 31,839 characters (ReportEventW function, Parameters).
inline constexpr std::size_t insert_units_max = 2'048;

// The message with its inserts, in one line of UTF-8. An executable without the message table gets
// the id and the inserts. In English, whatever the language of the machine: console, file and
// management endpoint are read by programs and sent to others, and the inserts are English; the
// table has more languages for the Event Log, where the reader's machine chooses.
std::string render(EventId id, const std::vector<std::wstring>& inserts);

// An insert as ReportEvent can take it: cut to insert_units_max, and with a space after every '%'
// that a digit follows. Event Viewer would take the two for another insertion (ReportEventW
// function, Remarks: an IPv6 address such as "fe80::1%4" is its example).
std::wstring reportable(std::string_view insert);

// From the top two bits of the id.
config::Severity severity_of(EventId id) noexcept;

}  // namespace overlap::log
