// The source "Overlap" of the Event Log, for reports that go around the queues of the log.
#pragma once

#include <string>
#include <vector>

#include "service/log/event_id.h"

namespace overlap::log {

inline constexpr wchar_t event_source_name[] = L"Overlap";

// Reports at once, on the calling thread. Returns false if the Event Log service refused.
bool report_now(EventId id, const wchar_t* const* inserts, std::size_t count) noexcept;

// Writes bytes to standard error as they are, without a lock of the C library.
void write_standard_error(const char* text, std::size_t bytes) noexcept;

}  // namespace overlap::log
