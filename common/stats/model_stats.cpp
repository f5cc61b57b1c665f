#include "common/stats/model_stats.h"

namespace overlap::stats {

Recorder& ModelStats::add_thread() {
  const std::lock_guard lock{mutex_};
  for (const auto& recorder : recorders_) {
    if (recorder->running_.load(std::memory_order_relaxed)) continue;
    recorder->running_.store(true, std::memory_order_relaxed);
    return *recorder;
  }
  recorders_.push_back(std::make_unique<Recorder>(shared_ ? &shared_peak_ : nullptr));
  return *recorders_.back();
}

void ModelStats::end_thread(Recorder& recorder) noexcept {
  // The lock hands the recorder's plain members over to the thread that is added next.
  const std::lock_guard lock{mutex_};
  recorder.busy(false);
  recorder.wait_slots(0, 0);
  recorder.oldest_pending(never);
  recorder.running_.store(false, std::memory_order_relaxed);
}

ModelSnapshot ModelStats::snapshot(Instant now) const {
  std::vector<const Recorder*> recorders;
  {
    const std::lock_guard lock{mutex_};
    recorders.reserve(recorders_.size());
    for (const auto& recorder : recorders_) recorders.push_back(recorder.get());
  }
  GatherOptions options;
  options.name = name_;
  options.shared = shared_;
  options.now = now;
  options.give_way = give_way_;
  return gather(recorders, options);
}

}  // namespace overlap::stats
