#include "common/history/history.h"

#include <algorithm>

namespace overlap::history {

const Sample& History::Ring::from_newest(std::size_t back) const noexcept {
  return samples[(next + samples_max - 1 - back) % samples_max];
}

void History::add(std::string_view model, const Sample& sample) {
  auto ring = std::find_if(rings_.begin(), rings_.end(),
                           [&](const Ring& other) { return other.name == model; });
  if (ring == rings_.end()) {
    if (rings_.size() == models_max) return;
    Ring fresh;
    fresh.name = model;
    fresh.samples.resize(samples_max);
    rings_.push_back(std::move(fresh));
    ring = rings_.end() - 1;
  }
  if (ring->count != 0 && ring->from_newest(0).unix_ms >= sample.unix_ms) ring->count = 0;
  ring->samples[ring->next] = sample;
  ring->next = (ring->next + 1) % samples_max;
  ring->count = std::min(ring->count + 1, samples_max);
}

void History::forget_before(std::int64_t unix_ms) {
  std::erase_if(rings_, [&](const Ring& ring) {
    return ring.count == 0 || ring.from_newest(0).unix_ms < unix_ms;
  });
}

std::vector<ModelHistory> History::last(std::int64_t seconds, std::int64_t now_unix_ms,
                                        std::string_view model) const {
  const std::int64_t from = now_unix_ms - std::clamp<std::int64_t>(seconds, 0, seconds_max) * 1000;
  std::vector<ModelHistory> found;
  for (const Ring& ring : rings_) {
    if (!model.empty() && ring.name != model) continue;
    std::size_t count = 0;
    while (count < ring.count && ring.from_newest(count).unix_ms > from) ++count;
    if (count == 0) continue;
    ModelHistory& history = found.emplace_back();
    history.name = ring.name;
    history.samples.reserve(count);
    while (count != 0) history.samples.push_back(ring.from_newest(--count));
  }
  return found;
}

}  // namespace overlap::history
