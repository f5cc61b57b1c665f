#include "service/server/model_statistics.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "service/io/models.h"

namespace overlap::server {
namespace {

// Between attempts to read the counters of a busy thread.
void give_way(unsigned round) noexcept {
  if (round < 64) {
    std::this_thread::yield();
  } else {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

template <class... Models>
bool is_shared(io::ModelList<Models...>, std::string_view name) {
  return ((Models::name == name && Models::shared) || ...);
}

}  // namespace

ModelStatistics::ModelStatistics() {
  std::transform(config::model_names.begin(), config::model_names.end(), models_.begin(),
                 [](std::string_view name) {
                   return std::make_unique<stats::ModelStats>(name, is_shared(io::Models{}, name),
                                                              &give_way);
                 });
}

stats::ModelSnapshot ModelStatistics::snapshot(config::ModelName model) const {
  return models_[static_cast<std::size_t>(model)]->snapshot(
      std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace overlap::server
