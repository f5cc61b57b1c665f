// What the service says of itself to those who manage it: values, taken at one moment.
//
// Times that end in _unix_ms are milliseconds since 1970-01-01 UTC; durations and rates carry
// their unit. Text is UTF-8.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "common/transfer/activity.h"

namespace overlap::management {

struct ServiceState {
  std::string version;
  std::string state;  // Source::run_state()
  std::int64_t started_unix_ms = 0;
  std::uint32_t process_id = 0;
  std::string config_file;
  std::int64_t config_loaded_unix_ms = 0;
  std::string root;                         // the served folder
  std::optional<std::uint64_t> free_bytes;  // on its volume; absent if Windows does not say
  std::optional<std::uint64_t> volume_bytes;
  std::uint64_t memory_bytes = 0;  // private bytes of the process
  std::uint32_t handles = 0;
  std::uint32_t threads = 0;
  double cpu_seconds = 0;  // user and kernel, since the start
  std::optional<std::int64_t> certificate_expires_unix_ms;
  std::uint64_t log_dropped = 0;  // records that found a queue of the log full
};

enum class ListenerPhase : std::uint8_t {
  running,
  paused,    // answers 503
  draining,  // its port is closed; requests under way go on
  drained,   // nothing is left of its connections
};
inline constexpr std::array<std::string_view, 4> listener_phase_names{"running", "paused",
                                                                      "draining", "drained"};

// Connections that are still carried by a model that the listener has left.
struct FormerModel {
  config::ModelName model{};
  std::size_t connections = 0;
};

struct ListenerState {
  std::string name;
  config::ModelName model{};
  std::string address;
  std::uint16_t port = 0;  // as bound
  bool tls = false;
  ListenerPhase phase = ListenerPhase::running;
  bool accept_failing = false;  // Windows refuses to accept for now; it is tried again
  // How long the thread that is worst off has not come to what was posted to it, and on which model
  // it works; zero if none is late. Those that carry connections of a former model are among them.
  double stalled_seconds = 0;
  config::ModelName stalled_model{};
  std::size_t threads_max = 0;       // as configured
  std::size_t connections = 0;       // now, those on former models too
  std::size_t connections_peak = 0;  // most at once since the start
  std::size_t connections_max = 0;   // places
  std::size_t connections_per_address_max = 0;
  std::uint64_t connections_total = 0;
  std::uint64_t rejected_total = 0;  // connections that found no place; not those of a pause
  std::vector<FormerModel> former;
};

using overlap::connection_phase_names;
using overlap::ConnectionPhase;
using overlap::Direction;
using overlap::direction_names;

// The request that a connection is busy with.
struct TransferState {
  std::string method;
  std::string path;  // as the client sent it, at most 1 KiB of it
  std::string user;  // empty: nobody logged in
  Direction direction = Direction::download;
  std::int64_t started_unix_ms = 0;
  double seconds = 0;                        // since then
  std::uint64_t bytes = 0;                   // moved so far
  std::optional<std::uint64_t> bytes_total;  // absent while it is not known
  double bytes_per_second = 0;               // over the last second or so
};

struct ConnectionState {
  std::uint64_t id = 0;  // unique in the life of the service; ascends in the order of accepting
  std::string listener;
  config::ModelName model{};
  std::string peer;  // address and port
  std::string user;  // of the last request; empty: nobody logged in
  bool tls = false;
  ConnectionPhase phase = ConnectionPhase::idle;
  std::int64_t opened_unix_ms = 0;
  std::uint64_t requests = 0;        // begun
  std::uint64_t bytes_received = 0;  // of bodies
  std::uint64_t bytes_sent = 0;      // of bodies
  double idle_seconds = 0;           // since the last byte moved
  std::optional<TransferState> transfer;
};

// A resumable upload that is not finished.
struct UploadState {
  std::string id;
  std::string path;  // of the file that it becomes
  std::string user;
  std::uint64_t offset = 0;             // bytes that need not be sent again
  std::optional<std::uint64_t> length;  // absent while the client has not said it
  std::int64_t touched_unix_ms = 0;
  std::int64_t expires_unix_ms = 0;
  bool active = false;  // a connection writes to it now
};

struct EventRecord {
  std::uint64_t sequence = 0;  // ascends; the first since the start is 1
  std::int64_t unix_ms = 0;
  config::Severity severity = config::Severity::info;
  std::uint32_t id = 0;  // of the message in the Event Log; 0: a line of the log only
  std::string text;
};

struct EventPage {
  std::vector<EventRecord> events;  // the oldest first
  std::uint64_t lost = 0;           // records after `after` that are no longer remembered
};

}  // namespace overlap::management
