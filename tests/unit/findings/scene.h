// A service with nothing wrong, before and after ten seconds: a test changes what it is about.
#pragma once

#include <chrono>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "common/findings/judge.h"

namespace overlap::findings {

using namespace std::chrono_literals;

struct Scene {
  static constexpr std::int64_t start_unix_ms = 1'800'000'000'000;

  Scene() {
    before.monotonic = 100s;
    before.unix_ms = start_unix_ms;
    before.service.handles = 200;
    before.service.free_bytes = 500'000'000'000;
    before.service.volume_bytes = 1'000'000'000'000;
    before.journal.enabled = true;
    before.free_bytes_min = 64 * 1024 * 1024;
    now = before;
    now.monotonic = 110s;
    now.unix_ms += 10'000;
  }

  // A model with one listener of the same name, in both moments.
  stats::ModelSnapshot& add(config::ModelName model, std::size_t threads_max = 4) {
    stats::ModelSnapshot snapshot;
    snapshot.name = config::name_of(model);
    snapshot.shared = model == config::ModelName::asio;
    snapshot.threads = threads_max;
    if (model == config::ModelName::apc) snapshot.apc.emplace();
    before.models.push_back(snapshot);
    snapshot.idle = 40s;
    now.models.push_back(snapshot);
    management::ListenerState listener;
    listener.name = snapshot.name;
    listener.model = model;
    listener.threads_max = threads_max;
    listener.connections_max = 1000;
    before.listeners.push_back(listener);
    now.listeners.push_back(listener);
    phase_since.push_back(start_unix_ms);
    return now.models.back();
  }

  std::vector<Finding> judge(std::span<const Finding> standing = {}) const {
    return findings::judge({now, has_before ? &before : nullptr, minutes, phase_since, awake_since},
                           standing);
  }
  // That finding, or one without an id.
  Finding find(std::string_view id, std::span<const Finding> standing = {}) const {
    for (const Finding& finding : judge(standing))
      if (finding.id == id) return finding;
    return {};
  }
  bool finds(std::string_view id, std::span<const Finding> standing = {}) const {
    return !find(id, standing).id.empty();
  }
  // Whether one that stands is kept.
  bool keeps(std::string_view id, std::string_view model = {},
             std::string_view listener = {}) const {
    Finding finding;
    finding.id = id;
    finding.model = model;
    finding.listener = listener;
    return finds(id, std::vector{finding});
  }

  Moment before;
  Moment now;
  bool has_before = true;
  std::vector<Minute> minutes;
  std::vector<std::int64_t> phase_since;
  Instant awake_since{};
};

inline void record(stats::Histogram& histogram, Instant value, int times = 1) {
  while (times-- > 0) histogram.record(value);
}

}  // namespace overlap::findings
