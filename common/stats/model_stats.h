// Owns the recorders of one model of one listener, from the first thread to the last snapshot.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/stats/recorder.h"
#include "common/stats/snapshot.h"
#include "common/time.h"

namespace overlap::stats {

// Thread-safe. Must outlive the threads that record.
class ModelStats {
 public:
  // `shared`: the threads of the model share operations and connections.
  ModelStats(std::string_view name, bool shared, GiveWay give_way = nullptr)
      : name_(name), shared_(shared), give_way_(give_way) {}

  // A recorder for a thread about to start; it stays valid as long as this object. May throw
  // std::bad_alloc.
  Recorder& add_thread();
  // The thread has recorded its last. What it counted stays in every later snapshot, and the
  // recorder serves the next thread that is added, so that threads coming and going take no more
  // memory than the most that ran at once. To be called by the thread itself or after it was
  // joined.
  void end_thread(Recorder& recorder) noexcept;

  ModelSnapshot snapshot(Instant now) const;

 private:
  const std::string name_;
  const bool shared_;
  const GiveWay give_way_;
  SharedPeak shared_peak_;

  // Guards the list, never the counters: the thread that adds and the one that asks for a snapshot
  // have no common thread to which either could post, and neither is on the data path.
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Recorder>> recorders_;
};

}  // namespace overlap::stats
