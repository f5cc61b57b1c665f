// The way of events to the Event Log: a bounded queue and a thread, which also tells at the end of
// a window how often an event came that was not told each time.
//
// Repeats are counted before the queue, so that a loop cannot fill it; and each severity has room
// that less severe ones cannot take. What finds no room is counted as a repeat: nothing is lost
// without a trace. Whoever offers waits for no more than a look at the windows.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "service/log/collapse.h"
#include "service/log/message_text.h"

namespace overlap::log {

// Events that wait for the Event Log service at most. All ids together are told less often in one
// window: the queue is full only while the service hangs.
inline constexpr std::size_t queue_events_max = 512;

// Warnings may take three quarters of it, information a half.
constexpr std::size_t room_of(config::Severity severity) noexcept {
  switch (severity) {
    case config::Severity::error: return queue_events_max;
    case config::Severity::warning: return queue_events_max / 4 * 3;
    default: return queue_events_max / 2;
  }
}

// An Item is what the caller needs to tell one event.
template <class Item>
class CollapsingQueue {
 public:
  using Tell = std::function<void(const Item&)>;
  using TellRepeats = std::function<void(const Collapse::Repeats&)>;

  // Both are called on the thread of the queue, one at a time, and may not throw.
  CollapsingQueue(Tell tell, TellRepeats tell_repeats,
                  Collapse::Length first_window = Collapse::window_min)
      : tell_(std::move(tell)),
        tell_repeats_(std::move(tell_repeats)),
        collapse_(first_window),
        thread_([this] { run(); }) {}
  CollapsingQueue(const CollapsingQueue&) = delete;
  CollapsingQueue& operator=(const CollapsingQueue&) = delete;
  // Tells what is queued, and what was counted.
  ~CollapsingQueue() {
    {
      const std::lock_guard hold(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  // From any thread. False if there was no room. Throws std::bad_alloc.
  bool offer(EventId id, const Collapse::Inserts& inserts, Item item) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard hold(mutex_);
    if (!collapse_.admit(id, inserts, now)) return true;
    if (queue_.size() >= room_of(severity_of(id))) {
      collapse_.count(id, inserts, now);
      return false;
    }
    queue_.push_back(std::move(item));
    changed_.notify_one();
    return true;
  }

 private:
  void run() {
    std::optional<Collapse::Repeats> repeats;
    for (bool last = false; !last || repeats;) {
      std::vector<Item> items;
      {
        std::unique_lock hold(mutex_);
        wait(hold);
        items.swap(queue_);
        last = stopping_;
        const auto now = std::chrono::steady_clock::now();
        repeats = last ? collapse_.take_any(now) : collapse_.take_ended(now);
      }
      for (const Item& item : items) tell_(item);
      if (repeats) tell_repeats_(*repeats);
    }
  }

  // For an item, the end of a window, or the end of all.
  void wait(std::unique_lock<std::mutex>& hold) {
    const auto ready = [this] { return stopping_ || !queue_.empty(); };
    // A window that is opened meanwhile ends later than those that are there, or came with an item.
    if (const auto end = collapse_.next_end())
      changed_.wait_until(hold, *end, ready);
    else
      changed_.wait(hold, ready);
  }

  const Tell tell_;
  const TellRepeats tell_repeats_;
  // Held for the time of a comparison of texts: those who log must not wait for the service.
  std::mutex mutex_;
  std::condition_variable changed_;
  Collapse collapse_;
  std::vector<Item> queue_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace overlap::log
