// Snapshots as JSON: the shape that scripts and overlapctl rely on.
//
// Names ending in _total count since the start of the service and never fall; _us are microseconds,
// _seconds are seconds, both with a fraction. One object a model:
//
//   {"name": "event",
//    "shared": false,              // its threads share connections and operations
//    "consistent": true,           // submitted = completed + in_flight for every operation, and
//    the
//                                  // like for connections; a check, not an assumption
//    "queue": {
//      "in_flight": {"accept": 1, "receive": 2, "send": 0, "send_file": 0, "read": 0, "write": 0,
//                    "total": 3},
//      "ready": 0,                 // completed by the system, not yet handled; in flight as well
//      "peak": 9, "peak_is_upper_bound": true,  // then: the sum of the peaks of its threads
//      "oldest_pending_seconds": 0.25,
//      "wait_slots": {"used": 3, "limit": 126},  // limit 0: the mechanism has none
//      "rejected_total": 0,        // connections that found no place
//      "rejected_addresses_total": 0},  // of them, for the number of their client's connections
//    "completions": {
//      "submitted_total": 12, "completed_total": 9,
//      "by_result": {"ok": 9, "eof": 0, "error": 0, "cancelled": 0, "timeout": 0},
//      "by_operation": {"accept": {"submitted": 2, "completed": 1, "in_flight": 1}, ...},
//      "immediate_total": 4,       // had ended before the call that started them returned
//      "bytes_total": {"received": 1, "sent": 2, "read": 3, "written": 4}},
//    "latency_us": {"all": {"count": 9, "p50": 80.5, "p90": 120.1, "p99": 300.2, "max": 310.0},
//                   "accept": {...}, ...},       // submit to completion
//    "completion_to_handler_us": {...}, "handler_us": {...},
//    "dispatch_lag_us": {...},     // posted work, from the post until it runs
//    "loop": {
//      "waits_total": {"io": 5, "timeout": 1, "wake": 1},
//      "completions_per_wake": 1.8, "busy_seconds": 0.1, "idle_seconds": 9.9,
//      "threads": 2, "shards": 2,
//      "connections_per_thread": {"min": 1, "max": 1}},  // null where threads share connections
//    "connections": {"open": 2, "opened_total": 3, "closed": {"finished": 1, ...}},
//    "requests_total": {"none": 0, "1xx": 0, "2xx": 4, "3xx": 0, "4xx": 0, "5xx": 0},
//                                  // none: the connection ended before a response began
//    "unauthorized_total": 0,      // requests answered with 401
//    "pauses_total": 0,            // connections that waited for bandwidth or after a failed
//    log-in "requests_incomplete_total": 0,  // of those above, not transferred to the end
//    "specific": {"threads_busy": 1.0}}  // figures of this model alone
#pragma once

#include <boost/json/object.hpp>

#include "common/stats/histogram.h"
#include "common/stats/snapshot.h"

namespace overlap::admin {

boost::json::object to_json(const stats::ModelSnapshot& model);
// Durations in microseconds.
boost::json::object to_json(const stats::Histogram& histogram);

}  // namespace overlap::admin
