// Model 2, event kernel object: each request names an event, which is signalled when it ends
// (Microsoft: "OVERLAPPED structure", hEvent).
// Strength: every request is identified. Limit: 64 events a wait, so thousands of connections need
// a pool of waiting threads, 63 connections each.
#pragma once

#include "service/io/event_pool.h"

namespace overlap::io {

class EventModel : public OverlappedModel<EventModel> {
 public:
  static constexpr std::string_view name = "event";
  static constexpr std::size_t operations_max = WaitSet::operations_max;
  static constexpr std::size_t accepts = 4;
  static constexpr bool alertable = false;

  void wake() noexcept { set_.wake(); }
  WaitSlots wait_slots() const noexcept { return {set_.size(), operations_max}; }

 private:
  friend class OverlappedModel<EventModel>;

  bool arm(OverlappedOperation& op) noexcept {
    if (set_.full()) return false;
    op.hEvent = events_.take();
    if (!op.hEvent) return false;
    set_.add(op.hEvent, op);
    return true;
  }
  void disarm(OverlappedOperation& op) noexcept {
    set_.remove(op);
    events_.give_back(op.hEvent);
  }
  Asked collect(Instant limit) noexcept {
    return wait_and_sweep(set_, patience_, limit, has_ready(), [this](OverlappedOperation& op) {
      finish(op);
      events_.give_back(op.hEvent);
    });
  }

  EventPool events_;
  WaitSet set_;
  KernelPatience patience_;
};

static_assert(IoModel<EventModel>);

}  // namespace overlap::io
