// The ids of the Event Log messages. The numbers come from messages.mc, which documents them and
// their inserts.
#pragma once

#include <cstdint>

#include "overlap_messages.h"  // generated from messages.mc

namespace overlap::log {

enum class EventId : std::uint32_t {
  started = OVERLAP_EVENT_STARTED,                              // version, root, listeners
  stopped = OVERLAP_EVENT_STOPPED,                              // why
  start_failed = OVERLAP_EVENT_START_FAILED,                    // sentence, exit code
  drain_deadline_passed = OVERLAP_EVENT_DRAIN_DEADLINE_PASSED,  // seconds, transfers cut off
  paused = OVERLAP_EVENT_PAUSED,
  continued = OVERLAP_EVENT_CONTINUED,
  control_failed = OVERLAP_EVENT_CONTROL_FAILED,            // control, reason
  crash_found = OVERLAP_EVENT_CRASH_FOUND,                  // process, start, what it left
  listener_failed = OVERLAP_EVENT_LISTENER_FAILED,          // listener, address and port, reason
  listener_recovered = OVERLAP_EVENT_LISTENER_RECOVERED,    // listener, address and port
  listener_full = OVERLAP_EVENT_LISTENER_FULL,              // listener, connections
  listener_has_room = OVERLAP_EVENT_LISTENER_HAS_ROOM,      // listener
  admin_failed = OVERLAP_EVENT_ADMIN_FAILED,                // address and port, reason
  listener_draining = OVERLAP_EVENT_LISTENER_DRAINING,      // listener, connections left
  listener_drained = OVERLAP_EVENT_LISTENER_DRAINED,        // listener
  listener_paused = OVERLAP_EVENT_LISTENER_PAUSED,          // listener
  listener_resumed = OVERLAP_EVENT_LISTENER_RESUMED,        // listener
  model_switched = OVERLAP_EVENT_MODEL_SWITCHED,            // listener, model before, model now
  shard_stalled = OVERLAP_EVENT_SHARD_STALLED,              // sentence, advice
  shard_turns_again = OVERLAP_EVENT_SHARD_TURNS_AGAIN,      // listener
  config_refused = OVERLAP_EVENT_CONFIG_REFUSED,            // sentence
  config_reloaded = OVERLAP_EVENT_CONFIG_RELOADED,          // file, changed keys or "nothing"
  log_file_failed = OVERLAP_EVENT_LOG_FILE_FAILED,          // file, reason
  certificate_refused = OVERLAP_EVENT_CERTIFICATE_REFUSED,  // sentence
  certificate_expires = OVERLAP_EVENT_CERTIFICATE_EXPIRES,  // sentence, advice
  certificate_expired = OVERLAP_EVENT_CERTIFICATE_EXPIRED,  // sentence, advice
  users_refused = OVERLAP_EVENT_USERS_REFUSED,              // sentence
  logins_failed = OVERLAP_EVENT_LOGINS_FAILED,  // how many, address, "the user ..." or "a token"
  admin_audit = OVERLAP_EVENT_ADMIN_AUDIT,      // peer, action, status, detail or "done"
  // peer, action, status, detail, how many more were left out
  admin_denied = OVERLAP_EVENT_ADMIN_DENIED,
  token_created = OVERLAP_EVENT_TOKEN_CREATED,          // file
  journal_failed = OVERLAP_EVENT_JOURNAL_FAILED,        // file, reason
  journal_recovered = OVERLAP_EVENT_JOURNAL_RECOVERED,  // file, entries lost meanwhile
  disk_nearly_full = OVERLAP_EVENT_DISK_NEARLY_FULL,    // sentence, advice
  disk_full = OVERLAP_EVENT_DISK_FULL,                  // sentence, advice
  disk_has_room = OVERLAP_EVENT_DISK_HAS_ROOM,          // sentence
  uploads_cleaned = OVERLAP_EVENT_UPLOADS_CLEANED,      // files, bytes, why
  broken_invariant = OVERLAP_EVENT_BROKEN_INVARIANT,    // what
  // id, how many, seconds, text of the last; made by the log alone
  information_collapsed = OVERLAP_EVENT_INFORMATION_COLLAPSED,
  warnings_collapsed = OVERLAP_EVENT_WARNINGS_COLLAPSED,
  errors_collapsed = OVERLAP_EVENT_ERRORS_COLLAPSED,
};

}  // namespace overlap::log
