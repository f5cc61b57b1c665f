// The counters of each I/O model, over all listeners that use it. They live as long as the server:
// a listener that goes to another model, or ends, takes nothing away.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "common/config/config.h"
#include "common/stats/model_stats.h"

namespace overlap::server {

// Thread-safe.
class ModelStatistics {
 public:
  ModelStatistics();

  stats::ModelStats& of(config::ModelName model) noexcept {
    return *models_[static_cast<std::size_t>(model)];
  }
  stats::ModelSnapshot snapshot(config::ModelName model) const;

 private:
  std::array<std::unique_ptr<stats::ModelStats>, config::model_names.size()> models_;
};

}  // namespace overlap::server
