// What all threads of one model have counted, as one value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/stats/histogram.h"
#include "common/stats/recorder.h"
#include "common/time.h"
#include "common/transfer/action.h"
#include "common/transfer/outcome.h"

namespace overlap::stats {

inline constexpr std::array<std::string_view, wait_reasons> wait_reason_names{"io", "timeout",
                                                                              "wake"};
inline constexpr std::array<std::string_view, close_reasons> close_reason_names{
    "finished",  "peer_lost", "bad_request", "idle_timeout", "head_timeout",
    "slow_peer", "stopping",  "refused",     "failed",       "tls_failed"};
inline constexpr std::array<std::string_view, status_classes> status_class_names{
    "none", "1xx", "2xx", "3xx", "4xx", "5xx"};

struct OperationCounts {
  std::int64_t submitted = 0;
  std::array<std::int64_t, results> completed_by{};
  std::int64_t in_flight = 0;  // includes the ready ones
  std::int64_t ready = 0;
  std::int64_t immediate = 0;
  std::int64_t bytes = 0;

  std::int64_t completed() const noexcept;
  // The identity of every snapshot: submitted = completed + in_flight, and 0 <= ready <= in_flight.
  bool consistent() const noexcept;
  OperationCounts& operator+=(const OperationCounts& other) noexcept;
};

struct ApcFigures {
  std::int64_t run = 0;
  Instant longest_unalertable{};
  Histogram unalertable;  // every stretch outside an alertable wait
};

struct ModelSnapshot {
  std::string name;
  bool shared = false;  // its threads share connections and operations

  // No thread recorded anything while the counts were collected: they are those of one instant.
  // Otherwise see gather().
  bool one_instant = true;
  // False only if a thread could not be read at all within the bounds of gather(); the identity
  // then need not hold.
  bool readable = true;

  // ---- queue
  ByKind<OperationCounts> operations{};  // by index(OperationKind)
  std::int64_t peak = 0;                 // most operations in flight at once since the start
  bool peak_is_upper_bound = false;      // it is the sum of peaks that need not have coincided
  Instant oldest_pending{};              // age; zero if nothing is pending
  std::int64_t wait_slots_used = 0;
  std::int64_t wait_slots_limit = 0;    // 0: the mechanism has no slots
  std::int64_t rejected = 0;            // connections that found no place
  std::int64_t rejected_addresses = 0;  // of them, for the number of their client's connections

  // ---- latency
  ByKind<Histogram> latency;  // submit to completion
  Histogram lag;              // completion to handler
  Histogram handler;
  Histogram dispatch_lag;  // of posted work

  // ---- loop
  std::array<std::int64_t, wait_reasons> waits{};
  std::int64_t wait_completions = 0;
  Instant idle{};
  Instant busy{};
  std::size_t threads = 0;  // running now
  std::size_t shards = 0;   // one a running thread; one in all where threads share

  // ---- connections and requests
  std::int64_t connections_opened = 0;
  std::int64_t connections_open = 0;
  std::array<std::int64_t, close_reasons> connections_closed{};
  // Open connections of the running thread that has the fewest and of the one that has the most;
  // absent where threads share connections and where no thread runs.
  struct PerThread {
    std::int64_t min = 0;
    std::int64_t max = 0;
  };
  std::optional<PerThread> connections_per_thread;
  std::array<std::int64_t, status_classes> requests{};
  std::int64_t pauses = 0;               // made on purpose: bandwidth, failed log-ins
  std::int64_t unauthorized = 0;         // requests answered with 401
  std::int64_t requests_incomplete = 0;  // of those above: not transferred to the end

  // ---- of one model only
  std::optional<ApcFigures> apc;
  std::optional<std::int64_t> threads_busy;  // shared models

  OperationCounts total() const noexcept;
  Histogram latency_of_all() const;
  std::int64_t connections_closed_total() const noexcept;
  double completions_per_wake() const noexcept;  // per wait that a completion ended; 0 before one
  // The model-specific figures by name, in the units that the names say.
  std::map<std::string, double> specific() const;
  // Every operation kind is consistent, and opened = closed + open for connections.
  bool consistent() const noexcept;
};

// Called between attempts to read a thread that is at work: `round` is 0, 1, 2, ... The caller's
// platform decides how to give way; a scheduler may have stopped the writer amid its few
// instructions, so yield at first and sleep about a millisecond from some round on.
using GiveWay = void (*)(unsigned round) noexcept;

// One picture of all recorders of a model. Any thread, while the recorders' threads run on.
//
// Each recorder is read whole (counts.h). So submitted = completed + in_flight holds for each, and
// for their sum, whatever happens between two reads. Where threads share operations that is not
// enough: the thread that completes could be read after the one that submitted, and show the end of
// an operation whose start was missed. Therefore everything is read twice:
//  * if nothing moved in between, both reads hold for the instant between them (one_instant);
//    this is tried `instant_attempts` times;
//  * otherwise completions are taken from the first read and submissions from the second. Whatever
//    completed before the first read was submitted before the second began, so that no completion
//    is shown without its submission; what completed in between is shown as in flight still. The
//    identity stays a check, since in_flight is that gauge of the second read plus those.
//
// A reader never delays a writer. A writer delays a reader by the few instructions of one event; a
// recorder that cannot be read in `read_attempts` leaves `readable` false.
struct GatherOptions {
  std::string_view name;
  bool shared = false;
  Instant now{};  // for ages
  GiveWay give_way = nullptr;
  unsigned instant_attempts = 16;
  unsigned read_attempts = 100'000;
};
ModelSnapshot gather(std::span<const Recorder* const> recorders, const GatherOptions& options);

}  // namespace overlap::stats
