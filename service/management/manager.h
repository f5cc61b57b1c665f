// The service as those see it who manage it: the management endpoint's only way in.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/management/commands.h"
#include "common/management/source.h"
#include "service/management/admin_token.h"
#include "service/management/audit_log.h"
#include "service/server/server.h"

namespace overlap::management {

class Manager final : public Source, public Commands {
 public:
  // What of the service is beside the server; all of it outlives the manager.
  struct Surroundings {
    std::string config_file;
    // Reads and validates it. Throws config::ConfigError with everything that is wrong in it, or
    // std::exception with a sentence if it cannot be read.
    std::function<config::Config()> load;
    // Takes over log, journal and endpoint settings, or throws and has changed nothing.
    std::function<void(const config::Config& before, const config::Config& next)> apply;
    const AdminToken* token = nullptr;  // null: nobody is admitted
  };

  // `server` outlives the manager, and has started.
  Manager(server::Server& server, Surroundings surroundings);

  bool ready() const override { return server_.ready(); }
  std::string run_state() const override { return std::string(server_.state()); }
  ServiceState service() const override;
  std::vector<stats::ModelSnapshot> models() const override { return server_.models(); }
  std::vector<ListenerState> listeners() const override { return server_.listeners(); }
  std::vector<ConnectionState> connections(
      std::uint64_t after, std::size_t limit,
      const std::function<bool(const ConnectionState&)>& wanted) const override;
  std::vector<UploadState> uploads(std::string_view after, std::size_t limit) const override;
  EventPage events(std::uint64_t after, config::Severity at_least,
                   std::size_t limit) const override;
  config::Config config() const override { return server_.config(); }

  CommandResult run(const Command& command) override;
  void audit(const AuditRecord& record) noexcept override;
  bool admits(std::string_view token) const noexcept override;

 private:
  // On the control thread of the server.
  CommandResult perform(const PauseListener& command);
  CommandResult perform(const ResumeListener& command);
  CommandResult perform(const DrainListener& command);
  CommandResult perform(const SwitchModel& command);
  CommandResult perform(const ReloadConfig& command);
  CommandResult perform(const CloseConnection& command);
  CommandResult perform(const DeleteUpload& command);
  CommandResult reload();

  server::Server& server_;
  const Surroundings around_;
  const std::int64_t started_unix_ms_;
  std::atomic<std::int64_t> config_loaded_unix_ms_;
  AuditLog audit_;
};

}  // namespace overlap::management
