// The service as the service manager and the console host it: configuration, log, server and
// admin endpoint, in the order in which they start.
#pragma once

#include <memory>
#include <string>

#include "admin/api/server.h"
#include "common/config/config.h"
#include "service/command_line.h"
#include "service/log/log.h"
#include "service/scm/hosted.h"
#include "service/server/server.h"

namespace overlap {

class HostedServer final : public scm::Hosted {
 public:
  explicit HostedServer(const CommandLine& line);
  ~HostedServer() override;

  void start(scm::Progress& progress) override;
  void pause() override;
  void resume() override;
  // Nothing is changed in this release: says whether the next start would succeed.
  void reload() override;
  void stop(std::string_view why, scm::Progress& progress) override;

 private:
  void open_log();
  void start_admin();
  void write_final_snapshot() const;

  // Destroyed from the bottom up: the log ends last.
  const CommandLine line_;
  log::Logging logging_;
  config::Config config_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<admin::AdminServer> admin_;  // reads server_
};

}  // namespace overlap
