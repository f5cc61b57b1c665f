#include "service/hosted_server.h"

#include <filesystem>
#include <fstream>

#include "admin/api/routes.h"
#include "service/config_file.h"
#include "service/log/wide.h"
#include "service/scm/start_error.h"
#include "service/win/error.h"

namespace overlap {
namespace {

using log::EventId;
using scm::ExitCode;
using scm::StartError;

// Longer than anything that is done between two signs of progress takes on a busy machine.
constexpr std::chrono::seconds start_hint{30};
constexpr std::chrono::seconds stop_hint{10};

log::Console console_of(const CommandLine& line) {
  return line.mode == CommandLine::Mode::service ? log::Console::off : log::Console::on;
}

std::string listeners_of(const config::Config& config) {
  std::string text;
  for (const config::Listener& listener : config.listeners) {
    if (!text.empty()) text += ", ";
    text +=
        listener.name + " (" + listener.address + " port " + std::to_string(listener.port) + ")";
  }
  return text;
}

}  // namespace

// Until the configuration says more: console and Event Log, so that no failure goes unheard.
HostedServer::HostedServer(const CommandLine& line)
    : line_(line), logging_(config::Log{}, console_of(line)) {}

HostedServer::~HostedServer() = default;

void HostedServer::start(scm::Progress& progress) {
  if (!line_.problem.empty()) throw StartError(ExitCode::config, line_.problem);
  progress.tick(start_hint);
  config_ = load_config(line_.config_file);
  open_log();
  progress.tick(start_hint);
  server_ = std::make_unique<server::Server>(config_);
  server_->start();
  progress.tick(start_hint);
  start_admin();
  log::event(EventId::started, {OVERLAP_VERSION, config_.store.root, listeners_of(config_)});
}

void HostedServer::open_log() {
  try {
    logging_.reconfigure(config_.log);
  } catch (const std::system_error& error) {
    throw StartError(ExitCode::log, std::string("the log cannot be opened: ") + error.what() + ".");
  }
}

void HostedServer::start_admin() {
  if (!config_.admin.enabled) return;
  try {
    admin_ = std::make_unique<admin::AdminServer>(config_.admin, *server_,
                                                  admin::Version{.version = OVERLAP_VERSION});
    admin_->start();
  } catch (const std::system_error& error) {
    throw StartError(ExitCode::admin, "the admin endpoint cannot listen on " +
                                          config_.admin.address + " port " +
                                          std::to_string(config_.admin.port) + ": " +
                                          win::category().message(error.code().value()) + ".");
  }
}

void HostedServer::pause() {
  server_->pause();
  log::event(EventId::paused, {});
}

void HostedServer::resume() {
  server_->resume();
  log::event(EventId::continued, {});
}

void HostedServer::reload() {
  try {
    load_config(line_.config_file);
    log::event(EventId::config_checked, {line_.config_file});
  } catch (const StartError& error) {
    log::event(EventId::config_refused, {error.what()});
  }
}

void HostedServer::stop(std::string_view why, scm::Progress& progress) {
  log::write(log::Severity::info, "stopping: " + std::string(why));
  progress.tick(stop_hint);
  server_->stop([&] { progress.tick(stop_hint); });
  // Last, so that the endpoint has answered to the end.
  progress.tick(stop_hint);
  admin_.reset();
  if (!line_.final_snapshot_file.empty()) write_final_snapshot();
  log::event(EventId::stopped, {why});
}

// Nothing is in flight any more, so submitted equals completed.
void HostedServer::write_final_snapshot() const {
  const admin::Routes routes(*server_, admin::Version{.version = OVERLAP_VERSION}, "127.0.0.1");
  const admin::Response response =
      routes.respond({.method = "GET", .path = "/api/v1/models", .hosts = {"127.0.0.1"}});
  std::ofstream file(std::filesystem::path(win::to_wide(line_.final_snapshot_file)),
                     std::ios::binary);
  file << response.body;
  if (!file.flush())
    throw std::runtime_error("the final snapshot cannot be written to " +
                             line_.final_snapshot_file);
}

}  // namespace overlap
