#include "service/log/event_category.h"

#include "service/log/message_text.h"

namespace overlap::log {

// Without a default: the compiler asks for the category of a new event.
EventCategory category_of(EventId id) noexcept {
  switch (id) {
    case EventId::started:
    case EventId::stopped:
    case EventId::start_failed:
    case EventId::drain_deadline_passed:
    case EventId::paused:
    case EventId::continued:
    case EventId::control_failed:
    case EventId::crash_found: return EventCategory::service;
    case EventId::listener_failed:
    case EventId::listener_recovered:
    case EventId::listener_full:
    case EventId::listener_has_room:
    case EventId::listener_draining:
    case EventId::listener_drained:
    case EventId::listener_paused:
    case EventId::listener_resumed:
    case EventId::model_switched:
    case EventId::shard_stalled:
    case EventId::shard_turns_again: return EventCategory::listeners;
    case EventId::config_refused:
    case EventId::config_reloaded:
    case EventId::certificate_refused:
    case EventId::certificate_expires:
    case EventId::certificate_expired:
    case EventId::users_refused: return EventCategory::configuration;
    case EventId::logins_failed: return EventCategory::access;
    case EventId::admin_failed:
    case EventId::admin_audit:
    case EventId::admin_denied:
    case EventId::token_created: return EventCategory::management;
    case EventId::log_file_failed:
    case EventId::journal_failed:
    case EventId::journal_recovered:
    case EventId::disk_nearly_full:
    case EventId::disk_full:
    case EventId::disk_has_room:
    case EventId::uploads_cleaned: return EventCategory::storage;
    // These are reported in the category of what came so often.
    case EventId::information_collapsed:
    case EventId::warnings_collapsed:
    case EventId::errors_collapsed:
    case EventId::broken_invariant: return EventCategory::faults;
  }
  return EventCategory::faults;
}

config::Severity importance_of(EventId id) noexcept {
  switch (id) {
    case EventId::listener_recovered:
    case EventId::journal_recovered:
    case EventId::disk_has_room: return config::Severity::error;
    case EventId::listener_has_room:
    case EventId::shard_turns_again: return config::Severity::warning;
    default: return severity_of(id);
  }
}

}  // namespace overlap::log
