// What the product decides about each event beside its text: where Event Viewer files it, and from
// which level on it is reported.
#pragma once

#include <cstdint>

#include "common/config/config.h"
#include "service/log/event_id.h"

namespace overlap::log {

// The numbers come from messages.mc, which has their names. Source: Microsoft, "Event Categories".
enum class EventCategory : std::uint16_t {
  service = OVERLAP_CATEGORY_SERVICE,
  listeners = OVERLAP_CATEGORY_LISTENERS,
  configuration = OVERLAP_CATEGORY_CONFIGURATION,
  access = OVERLAP_CATEGORY_ACCESS,
  management = OVERLAP_CATEGORY_MANAGEMENT,
  storage = OVERLAP_CATEGORY_STORAGE,
  faults = OVERLAP_CATEGORY_FAULTS,
};

EventCategory category_of(EventId id) noexcept;

// The least severe level of the Event Log at which the event is reported: its own severity; but
// that of the fault for an event that ends one. Whoever was told of the fault hears of its end.
config::Severity importance_of(EventId id) noexcept;

}  // namespace overlap::log
