// Manual-reset events, made once and used again: a request takes one and gives it back.
#pragma once

#include <vector>

#include "service/io/wait_set.h"

namespace overlap::io {

class EventPool {
 public:
  // Null if Windows has no event left. The kernel resets the event when a request that names it
  // begins, so a used one need not be reset here.
  HANDLE take() noexcept {
    if (free_.empty()) return CreateEventW(nullptr, TRUE, FALSE, nullptr);
    const HANDLE event = free_.back().release();
    free_.pop_back();
    return event;
  }
  void give_back(HANDLE event) noexcept { free_.emplace_back(event); }

  EventPool() { free_.reserve(WaitSet::operations_max); }

 private:
  std::vector<win::KernelHandle> free_;
};

}  // namespace overlap::io
