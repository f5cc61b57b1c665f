// A service that says what a test wants it to say.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "common/stats/source.h"

namespace overlap::admin {

class FakeSource final : public stats::SnapshotSource {
 public:
  std::vector<stats::ModelSnapshot> models() const override { return shown; }
  bool ready() const override { return is_ready.load(); }
  std::string state() const override { return is_ready.load() ? "running" : "draining"; }

  std::vector<stats::ModelSnapshot> shown;
  std::atomic<bool> is_ready{true};
};

inline stats::ModelSnapshot named_model(std::string name) {
  stats::ModelSnapshot model;
  model.name = std::move(name);
  return model;
}

}  // namespace overlap::admin
