// Keeps one fault in a loop from flooding the Event Log: what comes again and again is told once,
// and then as a number. Pure; not thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "service/log/event_id.h"

namespace overlap::log {

// Each id has a window of its own, so no event can hide one of another id, and an error is never
// hidden by information. The first event of an id opens its window. In it, an event is told that
// differs in any insert from those told before; one that is the same, or would be one too many
// different ones, is counted. At the end of the window the count is told, and a new window of twice
// the length begins; one in which nothing was counted is closed.
//
// So an event that comes without end is told at most variants_max + 1 times in each window, and
// its windows soon last window_max. Memory is bounded by that and by the number of ids.
class Collapse {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Length = Time::duration;
  using Inserts = std::vector<std::wstring>;

  static constexpr std::chrono::seconds window_min{60};
  static constexpr std::chrono::seconds window_max{600};
  // Different ones of an id in a window: a fault of each of four listeners on both of two reasons.
  static constexpr std::size_t variants_max = 8;

  struct Repeats {
    EventId id;
    std::uint64_t count;          // that were not told; never 0
    std::chrono::seconds within;  // from the beginning of the window; at least 1
    Inserts last;                 // those of the last that was counted
  };

  // `first_window` is the length of a window that follows none.
  explicit Collapse(Length first_window = window_min) : first_window_(first_window) {}

  // Whether the event is to be told; if not, it is counted. Throws std::bad_alloc.
  bool admit(EventId id, const Inserts& inserts, Time now);
  // Counts one that was admitted and could not be told.
  void count(EventId id, const Inserts& inserts, Time now);

  // What a window that has ended by `now` has counted; it begins anew. Nothing if no such window is
  // left. Allocates nothing.
  std::optional<Repeats> take_ended(Time now);
  // What any window has counted; it is closed. Nothing if no window is left.
  std::optional<Repeats> take_any(Time now);

  // When take_ended() has something to do next.
  std::optional<Time> next_end() const noexcept;

 private:
  struct Window {
    Time begin;
    Length length;
    std::vector<Inserts> told{};
    std::uint64_t count = 0;
    Inserts last{};

    Time end() const noexcept { return begin + length; }
  };

  static Repeats take(EventId id, Window& window, Time now);
  Window& window_of(EventId id, Time now);

  Length first_window_;
  std::map<EventId, Window> windows_;
};

}  // namespace overlap::log
