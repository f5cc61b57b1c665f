// The newest records of the log, in memory: for those who manage the service.
//
// Thread-safe, at any time. What write() and event() take is remembered, whether or not an output
// finds room for it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/config/config.h"
#include "common/management/state.h"

namespace overlap::log {

// Records that are remembered, and what is kept of each text: about a megabyte in all.
inline constexpr std::size_t recent_max = 1'000;
inline constexpr std::size_t recent_text_bytes_max = 1'024;

// The oldest `limit` of the records that are newer than the one with the sequence `after` and at
// least that severe. `lost` counts those after `after` that are forgotten, of any severity. Throws
// std::bad_alloc.
management::EventPage recent(std::uint64_t after, config::Severity at_least, std::size_t limit);

// The newest `limit` of those that are at least that severe, the oldest of them first; nothing is
// lost. Throws std::bad_alloc.
management::EventPage newest(config::Severity at_least, std::size_t limit);

// Records that an output has dropped since the start of the process because its queue was full,
// each output for itself. Never falls.
std::uint64_t dropped() noexcept;

}  // namespace overlap::log
