// The outputs of the log as Boost.Log sinks: each with a bounded queue and a thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "service/log/log.h"

namespace overlap::log {

// What one call of write() or event() hands to every output.
struct Entry {
  std::chrono::system_clock::time_point when;
  Severity severity = Severity::info;
  std::string text;
  std::optional<EventId> event;
  std::vector<std::wstring> inserts;  // with an event only
  bool reported = false;              // to the Event Log too: an event of its level
};

// Entries waiting for one output. An entry is some hundred bytes: a few megabytes at most.
inline constexpr std::size_t queue_entries_max = 8'192;

class Logging::Outputs {
 public:
  // Throws std::system_error that names the file.
  Outputs(const config::Log& config, Console console);
  ~Outputs();  // writes what is queued
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;

  // From now on, or no more, entries go to these outputs.
  void attach();
  void detach();

 private:
  struct Sinks;
  std::unique_ptr<Sinks> sinks_;
};

// One more for dropped().
void count_dropped() noexcept;

// Hands an entry to the attached outputs. Throws std::bad_alloc.
void push(Entry entry);

}  // namespace overlap::log
