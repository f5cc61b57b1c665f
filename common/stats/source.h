// All that the management endpoint knows of the service.
#pragma once

#include <string>
#include <vector>

#include "common/stats/snapshot.h"

namespace overlap::stats {

// Thread-safe: every member may be called at any time, by several threads at once, and must answer
// while every model is saturated; it may take a short lock but wait for no I/O.
class SnapshotSource {
 public:
  virtual ~SnapshotSource() = default;

  // One object a model that has a listener, in the order of the configuration. Listeners on the
  // same model are merged (merge_by_name).
  virtual std::vector<ModelSnapshot> models() const = 0;
  // Every listener accepts connections.
  virtual bool ready() const = 0;
  // starting, running, paused, draining or stopped.
  virtual std::string state() const = 0;
};

// Merges the snapshots of equal name; the order is that in which the names first appear.
std::vector<ModelSnapshot> merge_by_name(std::vector<ModelSnapshot> snapshots);

}  // namespace overlap::stats
