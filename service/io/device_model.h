// Model 1, device kernel object: the socket or the file itself becomes signalled when a request on
// it ends (Microsoft: "Synchronization and Overlapped Input and Output").
// Strength: no further object. Limit: with two requests on one handle nobody can tell which one
// ended, hence one at a time; and 64 handles a wait.
#pragma once

#include "service/io/wait_set.h"

namespace overlap::io {

class DeviceModel : public OverlappedModel<DeviceModel> {
 public:
  static constexpr std::string_view name = "device";
  static constexpr std::size_t operations_max = WaitSet::operations_max;
  static constexpr std::size_t accepts = 1;
  static constexpr bool alertable = false;

  void wake() noexcept { set_.wake(); }
  WaitSlots wait_slots() const noexcept { return {set_.size(), operations_max}; }

 private:
  friend class OverlappedModel<DeviceModel>;

  bool arm(OverlappedOperation& op) noexcept {
    if (set_.full()) return false;
    set_.add(op.handle_, op);
    return true;
  }
  void disarm(OverlappedOperation& op) noexcept { set_.remove(op); }
  Asked collect(Instant limit) noexcept {
    return wait_and_sweep(set_, patience_, limit, has_ready(),
                          [this](OverlappedOperation& op) { finish(op); });
  }

  WaitSet set_;
  KernelPatience patience_;
};

static_assert(IoModel<DeviceModel>);

}  // namespace overlap::io
