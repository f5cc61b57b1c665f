#include "service/hosted_server.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>

#include "admin/api/json.h"
#include "common/version.h"
#include "service/config_file.h"
#include "service/crash/dump_files.h"
#include "service/log/wide.h"
#include "service/scm/start_error.h"
#include "service/win/error.h"

namespace overlap {
namespace {

using log::EventId;
using scm::ExitCode;
using scm::StartError;

// Longer than anything that is done between two signs of progress takes on a busy machine. The
// longest of a stop is the journal, which writes what waits: some 65,000 entries at most.
constexpr std::chrono::seconds start_hint{30};
constexpr std::chrono::seconds stop_hint{30};

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

// Whatever fails in this step keeps the endpoint from starting.
template <class Step>
void for_admin(Step step) {
  try {
    step();
  } catch (const StartError&) {
    throw;
  } catch (const std::exception& error) {
    throw StartError(ExitCode::admin,
                     "the management endpoint cannot be started: " + scm::sentence(error));
  }
}

}  // namespace

// Until the configuration says more: console and Event Log, so that no failure goes unheard.
HostedServer::HostedServer(const CommandLine& line, const ProcessGaps& gaps)
    : line_(line), gaps_(gaps), logging_(std::in_place, config::Log{}, console_of(line)) {}

HostedServer::~HostedServer() = default;

void HostedServer::start(scm::Progress& progress) {
  if (!line_.problem.empty()) throw StartError(ExitCode::config, line_.problem);
  progress.tick(start_hint);
  const config::Config config = load_config(line_.config_file);
  claim_configuration();
  open_log(config);
  tell_of_process();
  progress.tick(start_hint);
  open_journal(config);
  progress.tick(start_hint);
  server_ = std::make_unique<server::Server>(config, journal_.get());
  server_->start();
  progress.tick(start_hint);
  for_admin([&] { make_manager(config); });
  start_sampler();
  if (config.admin.enabled) for_admin([&] { start_admin(config); });
  log::event(EventId::started, {program_version, config.store.root, listeners_of(config)});
}

// Before the log is opened, whose file two processes would rotate under each other.
void HostedServer::claim_configuration() {
  try {
    marker_ = std::make_unique<crash::RunMarker>(win::to_wide(line_.config_file));
  } catch (const crash::AlreadyRunning& error) {
    throw StartError(ExitCode::internal, error.what());
  } catch (const std::system_error& error) {
    no_marker_ = std::string("A crash of this run will not be noticed: ") + error.what() + ".";
  }
}

void HostedServer::tell_of_process() {
  using log::Severity;
  for (const std::string& refused : gaps_.mitigations) log::write(Severity::debug, refused);
  if (!gaps_.dumps.empty()) log::write(Severity::warning, gaps_.dumps);
  for (const std::string& kept : crash::prune_dumps(crash_folder(line_.config_file)))
    log::write(Severity::warning, kept);
  if (marker_) {
    if (const auto& last = marker_->last())
      log::event(EventId::crash_found,
                 {crash::process_of(*last), crash::start_of(*last), crash::left_by(*last)});
    try {
      marker_->begin(program_version);
    } catch (const std::system_error& error) {
      no_marker_ = std::string("A crash of this run will not be noticed: ") + error.what() + ".";
    }
  }
  if (!no_marker_.empty()) log::write(Severity::warning, no_marker_);
}

void HostedServer::open_log(const config::Config& config) {
  try {
    logging_->reconfigure(config.log);
  } catch (const std::system_error& error) {
    throw StartError(ExitCode::log, std::string("the log cannot be opened: ") + error.what() + ".");
  }
}

void HostedServer::open_journal(const config::Config& config) {
  try {
    journal_ = std::make_unique<journal::JournalFile>(config.journal);
  } catch (const std::exception& error) {
    throw StartError(ExitCode::log, "the journal cannot be opened: " + scm::sentence(error));
  }
}

void HostedServer::make_manager(const config::Config& config) {
  if (config.admin.enabled) {
    management::AdminToken::ensure(config.admin.token_file);
    token_ = std::make_unique<management::AdminToken>(config.admin.token_file);
    server_->each_second([this] { token_->refresh(); });
  }
  manager_ = std::make_unique<management::Manager>(
      *server_,
      management::Manager::Surroundings{
          line_.config_file, [this] { return read_config(line_.config_file); },
          [this](const auto& before, const auto& next) { apply(before, next); }, token_.get()});
}

// Whether or not there is an endpoint that shows them, findings are events.
void HostedServer::start_sampler() {
  sampler_ =
      std::make_unique<admin::Sampler>(*manager_, *journal_, [this](const admin::Picture& picture) {
        finding_events_.observe(*picture.moment, picture.findings);
      });
  sampler_->start();
}

void HostedServer::start_admin(const config::Config& config) {
  admin_ = std::make_unique<admin::AdminServer>(
      config.admin, admin::Management{*manager_, *manager_, *journal_}, *sampler_,
      [this] { return server_->certificates()->current(); });
  listen(config.admin);
}

void HostedServer::listen(const config::Admin& config) {
  try {
    admin_->start();
  } catch (const std::system_error& error) {
    throw StartError(ExitCode::admin, "the management endpoint cannot listen on " + config.address +
                                          " port " + std::to_string(config.port) + ": " +
                                          win::category().message(error.code().value()) + ".");
  }
}

// Each part takes over its settings whole or not at all; what was taken over is given back if a
// later one refuses.
void HostedServer::apply(const config::Config& before, const config::Config& next) {
  logging_->reconfigure(next.log);
  try {
    journal_->reconfigure(next.journal);
    try {
      if (admin_) admin_->apply(next.admin);
    } catch (...) {
      journal_->reconfigure(before.journal);
      throw;
    }
  } catch (...) {
    logging_->reconfigure(before.log);
    throw;
  }
}

void HostedServer::pause() {
  if (server_->run_first([this] { server_->pause(); })) log::event(EventId::paused, {});
}

void HostedServer::resume() {
  if (server_->run_first([this] { server_->resume(); })) log::event(EventId::continued, {});
}

// What was begun, the manager has told the log; what was not is told here.
void HostedServer::reload() {
  const management::CommandResult result = manager_->run(management::ReloadConfig{});
  if (result.status == management::CommandStatus::busy ||
      result.status == management::CommandStatus::stopping)
    log::event(EventId::config_refused, {result.detail});
}

void HostedServer::stop(std::string_view why, scm::Progress& progress) {
  log::write(log::Severity::info, "stopping: " + std::string(why));
  stop_server(progress);
  // Last, so that the endpoint has answered to the end.
  progress.tick(stop_hint);
  admin_.reset();
  sampler_.reset();
  if (!line_.final_snapshot_file.empty()) write_final_snapshot();
  progress.tick(stop_hint);
  journal_.reset();
  progress.tick(stop_hint);  // then the log writes what waits
  log::event(EventId::stopped, {why});
}

// A stop that is stuck ends the process, and is told here: without the marker nobody takes it for a
// crash, and the log writes what waits in it.
void HostedServer::stop_server(scm::Progress& progress) {
  progress.tick(stop_hint);
  try {
    server_->stop([&] { progress.tick(stop_hint); });
  } catch (const scm::Stuck& stuck) {
    log::event(EventId::control_failed, {"stop", stuck.what()});
    progress.tick(stop_hint);
    marker_.reset();
    logging_.reset();
    throw;
  }
}

// Nothing is in flight any more, so submitted equals completed.
void HostedServer::write_final_snapshot() const {
  std::ofstream file(std::filesystem::path(win::to_wide(line_.final_snapshot_file)),
                     std::ios::binary);
  boost::json::array models;
  for (const stats::ModelSnapshot& model : manager_->models())
    models.push_back(admin::to_json(model));
  file << boost::json::object{{"state", server_->state()}, {"models", std::move(models)}};
  if (!file.flush())
    throw std::runtime_error("the final snapshot cannot be written to " +
                             line_.final_snapshot_file);
}

}  // namespace overlap
