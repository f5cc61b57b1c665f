// A service that exists in memory alone: for tests of the endpoint, and for those of its clients.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "admin/api/management.h"
#include "common/stats/model_stats.h"

namespace overlap {

// Four listeners, one on each model, with connections, transfers, uploads, events and a journal.
// Everything moves with advance(). Thread-safe, but for the members that are marked.
class FakeManagement final : public management::Source,
                             public management::Commands,
                             public management::Journal {
 public:
  static constexpr std::string_view token = "fake-token";

  // Times are counted from this one.
  explicit FakeManagement(std::int64_t started_unix_ms = 1'795'000'000'000);
  ~FakeManagement() override;

  admin::Management management() { return {*this, *this, *this}; }

  // The service works for so long; by one thread at a time.
  void advance(std::chrono::milliseconds time);

  // ---- what a test wants to be told; to be set before the endpoint starts
  std::function<management::CommandResult(const management::Command&)> answer;  // else it obeys
  std::function<void()> before_models;                                          // may throw
  config::Config settings;
  bool journal_enabled = true;
  std::string journal_error;  // find() throws it
  std::atomic<bool> is_ready{true};

  std::vector<management::AuditRecord> audits() const;
  std::vector<management::Command> commands() const;  // that were run
  void add_event(config::Severity severity, std::uint32_t id, std::string text);

  // ---- management::Source
  bool ready() const override;
  std::string run_state() const override { return service().state; }
  management::ServiceState service() const override;
  std::vector<stats::ModelSnapshot> models() const override;
  std::vector<management::ListenerState> listeners() const override;
  std::vector<management::ConnectionState> connections(
      std::uint64_t after, std::size_t limit,
      const std::function<bool(const management::ConnectionState&)>& wanted) const override;
  std::vector<management::UploadState> uploads(std::string_view after,
                                               std::size_t limit) const override;
  management::EventPage events(std::uint64_t after, config::Severity at_least,
                               std::size_t limit) const override;
  config::Config config() const override;

  // ---- management::Commands
  management::CommandResult run(const management::Command& command) override;
  void audit(const management::AuditRecord& record) noexcept override;
  bool admits(std::string_view shown) const noexcept override;

  // ---- management::Journal
  void add(management::JournalEntry entry) noexcept override;
  void drop() noexcept override {}
  management::JournalPage find(const management::JournalQuery& query) const override;
  management::JournalState state() const override;

 private:
  struct Model;

  void connect(const config::Listener& listener);
  void fill_journal();
  management::CommandResult obey(const management::Command& command);
  management::ListenerState* listener(std::string_view name);
  void move_connections(double seconds);

  const std::int64_t started_unix_ms_;
  std::vector<std::unique_ptr<Model>> models_;

  // The endpoint's threads read what commands and advance() change.
  mutable std::mutex mutex_;
  std::int64_t elapsed_ms_ = 0;
  std::vector<management::ListenerState> listeners_;
  std::vector<management::ConnectionState> connections_;
  std::vector<management::UploadState> uploads_;
  std::vector<management::EventRecord> events_;
  std::vector<management::JournalEntry> journal_;
  std::vector<management::AuditRecord> audits_;
  std::vector<management::Command> commands_;
};

}  // namespace overlap
