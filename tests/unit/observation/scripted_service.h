// A service and a journal that say what a test wants them to say.
#pragma once

#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/management/journal.h"
#include "common/management/source.h"

namespace overlap::admin {

class ScriptedSource final : public management::Source {
 public:
  bool ready() const override { return true; }
  std::string run_state() const override { return service().state; }
  management::ServiceState service() const override {
    const std::lock_guard hold(mutex);
    return service_state;
  }
  std::vector<stats::ModelSnapshot> models() const override {
    const std::lock_guard hold(mutex);
    if (broken) throw std::runtime_error("no memory");
    return model_snapshots;
  }
  std::vector<management::ListenerState> listeners() const override {
    const std::lock_guard hold(mutex);
    return listener_states;
  }
  std::vector<management::ConnectionState> connections(
      std::uint64_t, std::size_t limit,
      const std::function<bool(const management::ConnectionState&)>& wanted) const override {
    const std::lock_guard hold(mutex);
    std::vector<management::ConnectionState> found;
    for (const auto& connection : connection_states)
      if (found.size() < limit && wanted(connection)) found.push_back(connection);
    return found;
  }
  std::vector<management::UploadState> uploads(std::string_view, std::size_t) const override {
    const std::lock_guard hold(mutex);
    return upload_states;
  }
  management::EventPage events(std::uint64_t, config::Severity, std::size_t) const override {
    return {};
  }
  config::Config config() const override { return {}; }

  mutable std::mutex mutex;
  management::ServiceState service_state;
  std::vector<stats::ModelSnapshot> model_snapshots;
  std::vector<management::ListenerState> listener_states;
  std::vector<management::ConnectionState> connection_states;
  std::vector<management::UploadState> upload_states;
  bool broken = false;
};

class ScriptedJournal final : public management::Journal {
 public:
  void add(management::JournalEntry) noexcept override {}
  void drop() noexcept override {}
  management::JournalPage find(const management::JournalQuery&) const override { return {}; }
  management::JournalState state() const override { return journal_state; }

  management::JournalState journal_state;
};

}  // namespace overlap::admin
