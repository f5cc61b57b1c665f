// The service as the service manager and the console host it: configuration, log, journal, server
// and management endpoint, in the order in which they start.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "admin/api/sampler.h"
#include "admin/api/server.h"
#include "common/config/config.h"
#include "service/command_line.h"
#include "service/crash/run_marker.h"
#include "service/journal/journal.h"
#include "service/log/log.h"
#include "service/management/finding_events.h"
#include "service/management/manager.h"
#include "service/process.h"
#include "service/scm/hosted.h"
#include "service/server/server.h"

namespace overlap {

class HostedServer final : public scm::Hosted {
 public:
  HostedServer(const CommandLine& line, const ProcessGaps& gaps);
  ~HostedServer() override;

  void start(scm::Progress& progress) override;
  void pause() override;
  void resume() override;
  void reload() override;
  void stop(std::string_view why, scm::Progress& progress) override;

 private:
  void claim_configuration();
  void tell_of_process();
  void open_log(const config::Config& config);
  void open_journal(const config::Config& config);
  void make_manager(const config::Config& config);
  void start_sampler();
  void start_admin(const config::Config& config);
  void listen(const config::Admin& config);
  void apply(const config::Config& before, const config::Config& next);
  void stop_server(scm::Progress& progress);
  void write_final_snapshot() const;

  // Destroyed from the bottom up: the log ends last, and then it counts as a clean end.
  const CommandLine line_;
  const ProcessGaps gaps_;
  std::unique_ptr<crash::RunMarker> marker_;  // none if the file could not be made
  std::string no_marker_;                     // a sentence that says why
  std::optional<log::Logging> logging_;       // always, but for a process that ends stuck
  std::unique_ptr<journal::JournalFile> journal_;
  std::unique_ptr<management::AdminToken> token_;
  std::unique_ptr<server::Server> server_;        // adds to journal_
  std::unique_ptr<management::Manager> manager_;  // of server_
  management::FindingEvents finding_events_;      // of sampler_
  std::unique_ptr<admin::Sampler> sampler_;       // reads manager_ and journal_
  std::unique_ptr<admin::AdminServer> admin_;     // reads manager_, journal_ and sampler_
};

}  // namespace overlap
