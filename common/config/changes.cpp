#include "common/config/changes.h"

#include <algorithm>

#include "common/config/concat.h"
#include "common/config/keys.h"

namespace overlap::config {
namespace {

// Which of the keys whose values differ are wanted.
enum class Wanted : bool { all, restart };

class Differences {
 public:
  explicit Differences(Wanted wanted) : wanted_(wanted) {}

  template <class Section>
  void compare(std::string_view name, const Section& before, const Section& after) {
    for (const auto& key : keys<Section>()) {
      if (wanted_ == Wanted::restart && !key.restart) continue;
      if (key.value(before) == key.value(after)) continue;
      found_.push_back(concat({name, ".", key.name}));
    }
  }

  // Listeners are opened and closed by a running service as they come and go.
  void compare(const std::vector<Listener>& before, const std::vector<Listener>& after) {
    for (const Listener& listener : before) {
      if (const auto* other = find(after, listener.name)) {
        compare(full_name(listener), listener, *other);
      } else if (wanted_ == Wanted::all) {
        found_.push_back(full_name(listener));
      }
    }
    if (wanted_ != Wanted::all) return;
    for (const Listener& listener : after) {
      if (find(before, listener.name) == nullptr) found_.push_back(full_name(listener));
    }
  }

  std::vector<std::string> found() && { return std::move(found_); }

 private:
  static std::string full_name(const Listener& listener) {
    return concat({listener_section, ".", listener.name});
  }
  static const Listener* find(const std::vector<Listener>& listeners, std::string_view name) {
    const auto found = std::find_if(listeners.begin(), listeners.end(),
                                    [&](const Listener& known) { return known.name == name; });
    return found == listeners.end() ? nullptr : &*found;
  }

  const Wanted wanted_;
  std::vector<std::string> found_;
};

std::vector<std::string> differences(const Config& before, const Config& after, Wanted wanted) {
  Differences differences(wanted);
  for_each_section_member([&](std::string_view name, auto member) {
    differences.compare(name, before.*member, after.*member);
  });
  differences.compare(before.listeners, after.listeners);
  return std::move(differences).found();
}

}  // namespace

std::vector<std::string> changed_keys(const Config& before, const Config& after) {
  return differences(before, after, Wanted::all);
}

std::vector<std::string> restart_keys(const Config& before, const Config& after) {
  return differences(before, after, Wanted::restart);
}

}  // namespace overlap::config
