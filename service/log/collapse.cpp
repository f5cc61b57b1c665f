#include "service/log/collapse.h"

#include <algorithm>
#include <utility>

namespace overlap::log {

// A window that has ended with nothing to tell is as good as closed; one that has something to tell
// goes on until that is fetched.
Collapse::Window& Collapse::window_of(EventId id, Time now) {
  const auto [place, made] = windows_.try_emplace(id, Window{now, first_window_});
  Window& window = place->second;
  if (!made && window.count == 0 && now >= window.end()) window = {now, first_window_};
  return window;
}

Collapse::Repeats Collapse::take(EventId id, Window& window, Time now) {
  using std::chrono::seconds;
  const seconds within = std::chrono::ceil<seconds>(now - window.begin);
  return {id, window.count, std::max(within, seconds{1}), std::move(window.last)};
}

bool Collapse::admit(EventId id, const Inserts& inserts, Time now) {
  Window& window = window_of(id, now);
  const bool same = std::find(window.told.begin(), window.told.end(), inserts) != window.told.end();
  if (same || window.told.size() == variants_max) {
    count(id, inserts, now);
    return false;
  }
  window.told.push_back(inserts);
  return true;
}

void Collapse::count(EventId id, const Inserts& inserts, Time now) {
  Window& window = window_of(id, now);
  window.last = inserts;
  ++window.count;
}

std::optional<Collapse::Repeats> Collapse::take_ended(Time now) {
  for (auto next = windows_.begin(); next != windows_.end();) {
    auto& [id, window] = *next;
    if (now < window.end()) {
      ++next;
    } else if (window.count == 0) {
      next = windows_.erase(next);
    } else {
      Repeats repeats = take(id, window, now);
      window = {now, std::min<Length>(2 * window.length, window_max)};
      return repeats;
    }
  }
  return {};
}

std::optional<Collapse::Repeats> Collapse::take_any(Time now) {
  while (!windows_.empty()) {
    auto first = windows_.extract(windows_.begin());
    if (first.mapped().count != 0) return take(first.key(), first.mapped(), now);
  }
  return {};
}

std::optional<Collapse::Time> Collapse::next_end() const noexcept {
  std::optional<Time> next;
  for (const auto& [id, window] : windows_)
    if (!next || window.end() < *next) next = window.end();
  return next;
}

}  // namespace overlap::log
