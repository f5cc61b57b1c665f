// The 64 objects that one Windows wait can take, and the operations that they stand for. The
// limit lives here only (Microsoft: "WaitForMultipleObjects function", MAXIMUM_WAIT_OBJECTS).
#pragma once

#include "service/io/overlapped.h"
#include "service/win/error.h"

namespace overlap::io {

// Slot 0 wakes the wait; the other 63 belong to operations. Used by one thread, but for wake().
class WaitSet {
 public:
  static constexpr std::size_t operations_max = MAXIMUM_WAIT_OBJECTS - 1;

  WaitSet() : wake_(CreateEventW(nullptr, FALSE, FALSE, nullptr)) {
    if (!wake_) win::throw_last_error("CreateEvent for waking a wait");
    handles_[0] = wake_.get();
  }

  std::size_t size() const noexcept { return used_ - 1; }
  bool full() const noexcept { return used_ == handles_.size(); }

  // `handle` is signalled when op completes; it is borrowed until op is removed or done.
  void add(HANDLE handle, OverlappedOperation& op) noexcept {
    op.slot_ = static_cast<std::uint8_t>(used_);
    handles_[used_] = handle;
    operations_[used_] = &op;
    ++used_;
  }

  void remove(const OverlappedOperation& op) noexcept {
    const std::size_t hole = op.slot_;
    --used_;
    handles_[hole] = handles_[used_];
    operations_[hole] = operations_[used_];
    operations_[hole]->slot_ = static_cast<std::uint8_t>(hole);
  }

  // Waits for any slot. The answer tells only that it is worth looking: a wait reports the lowest
  // signalled slot and would starve the others.
  DWORD wait(Instant limit, bool alertable = false) noexcept {
    return WaitForMultipleObjectsEx(static_cast<DWORD>(used_), handles_.data(), FALSE,
                                    milliseconds(limit), alertable);
  }

  // Removes every operation that the kernel has completed and calls done(op) for it.
  template <class Done>
  void sweep(Done done) noexcept {
    for (std::size_t slot = used_; slot-- > 1;) {
      OverlappedOperation& op = *operations_[slot];
      if (!HasOverlappedIoCompleted(&op)) continue;
      remove(op);
      done(op);
    }
  }

  void wake() noexcept { SetEvent(wake_.get()); }

 private:
  win::KernelHandle wake_;
  std::size_t used_ = 1;
  std::array<HANDLE, MAXIMUM_WAIT_OBJECTS> handles_{};
  std::array<OverlappedOperation*, MAXIMUM_WAIT_OBJECTS> operations_{};
};

// When the kernel must be asked: always, unless completions are at hand already. Then looking at
// the OVERLAPPEDs is enough, but not for ever: Windows may need the thread in a wait to finish
// other requests.
class KernelPatience {
 public:
  bool may_skip(bool has_ready) noexcept {
    if (has_ready && ++skipped_ < skips_max) return true;
    skipped_ = 0;
    return false;
  }

 private:
  static constexpr int skips_max = 8;
  int skipped_ = 0;
};

// Waits if need be and sweeps: shared by the models that wait on slots.
template <class Done>
Asked wait_and_sweep(WaitSet& set, KernelPatience& patience, Instant limit, bool has_ready,
                     Done done) noexcept {
  Asked asked = Asked::no;
  if (!patience.may_skip(has_ready)) {
    const DWORD woken_by = set.wait(limit);
    if (woken_by == WAIT_FAILED) broken_invariant("a wait on the slots of a model failed");
    asked = woken_by == WAIT_TIMEOUT ? Asked::timed_out : Asked::woken;
  }
  set.sweep(done);
  return asked;
}

}  // namespace overlap::io
