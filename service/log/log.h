// The log of the process: console, rotating file and Windows Event Log. The only header through
// which the product logs; Boost.Log is behind it.
//
// Threads: every function may be called by any thread, before, during and after the life of a
// Logging. They never wait for a disk, a console or the Event Log service: each output has a
// bounded queue and a thread of its own. What finds its queue full is dropped and counted; the
// count is written in the place of what is missing, and to the Event Log at the end of the minute.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "common/config/config.h"
#include "service/log/event_id.h"

namespace overlap::log {

using config::Severity;

// Writes one line of UTF-8 to console and file, if `severity` is at least the configured level.
// Without a Logging it goes to standard error.
void write(Severity severity, std::string_view text) noexcept;

// True if a line of this severity would be written: for text that costs something to make.
bool enabled(Severity severity) noexcept;

// Writes the rendered text of an event with its inserts (UTF-8; %1 is the first) to console and
// file whatever the level; without a Logging to standard error. Reports it to the Event Log if it
// is as severe as config::Log::event_log_level says; of those that come again and again, the first
// and then how many (collapse.h).
void event(EventId id, std::initializer_list<std::string_view> inserts) noexcept;

// For a process that is about to end itself: reports the event `broken_invariant` to the Event Log
// on the calling thread, without any queue, lock or heap of the log. Nothing else is flushed.
void fatal(const char* what) noexcept;

// Whether lines are written to standard error: a service has none.
enum class Console : bool { off, on };

// The outputs. One object at a time, made by main before the first thread and destroyed after the
// last: the destructor writes everything that is queued.
class Logging {
 public:
  // config.file must be absolute or empty. Throws std::system_error that names the file if it
  // cannot be written.
  explicit Logging(const config::Log& config, Console console);
  Logging(const Logging&) = delete;
  Logging& operator=(const Logging&) = delete;
  ~Logging();

  // Replaces level, file and Event Log by those of `config`. Throws as the constructor does; then
  // nothing has changed. Not thread-safe against itself and the destructor.
  void reconfigure(const config::Log& config);

 private:
  class Outputs;
  Console console_;
  config::Log config_;
  std::unique_ptr<Outputs> outputs_;
};

}  // namespace overlap::log
