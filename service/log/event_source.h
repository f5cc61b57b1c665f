// The source "Overlap" of the Event Log, for reports that go around the queues of the log.
#pragma once

#include <cstddef>

#include "service/log/event_category.h"

namespace overlap::log {

inline constexpr wchar_t event_source_name[] = L"Overlap";

// What the value CategoryCount of the source says in the registry, beside CategoryMessageFile.
inline constexpr unsigned event_category_count = OVERLAP_CATEGORY_FAULTS;

// Reports at once, on the calling thread. Returns false if the Event Log service refused.
bool report_now(EventId id, const wchar_t* const* inserts, std::size_t count) noexcept;
// The same in a category that is not that of the id.
bool report_now(EventId id, EventCategory category, const wchar_t* const* inserts,
                std::size_t count) noexcept;

// Writes bytes to standard error as they are, without a lock of the C library.
void write_standard_error(const char* text, std::size_t bytes) noexcept;

}  // namespace overlap::log
