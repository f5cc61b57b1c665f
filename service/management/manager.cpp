#include "service/management/manager.h"

#include <windows.h>

#include <chrono>
#include <exception>
#include <system_error>

#include "common/config/changes.h"
#include "common/config/parse.h"
#include "common/version.h"
#include "service/log/log.h"
#include "service/log/recent.h"
#include "service/management/process_figures.h"
#include "service/scm/start_error.h"
#include "service/server/connection_view.h"

namespace overlap::management {
namespace {

using log::EventId;
using server::Listener;

CommandResult not_found(std::string_view what, std::string_view name) {
  return {CommandStatus::not_found,
          "There is no " + std::string(what) + " " + std::string(name) + ".",
          {},
          {}};
}

CommandResult refusal(CommandStatus status, std::string detail,
                      std::vector<std::string> problems = {}) {
  return {status, std::move(detail), std::move(problems), {}};
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

// In one sentence or two, for a log.
std::string told(const CommandResult& result) {
  if (result.problems.empty()) return result.detail;
  std::string text = result.detail + ' ' + joined(result.problems, "; ");
  return text.ends_with('.') ? text : text + '.';
}

}  // namespace

Manager::Manager(server::Server& server, Surroundings surroundings)
    : server_(server),
      around_(std::move(surroundings)),
      started_unix_ms_(server::unix_ms_now()),
      config_loaded_unix_ms_(started_unix_ms_) {}

ServiceState Manager::service() const {
  ServiceState state;
  state.version = program_version;
  state.state = server_.state();
  state.started_unix_ms = started_unix_ms_;
  state.process_id = GetCurrentProcessId();
  state.config_file = around_.config_file;
  state.config_loaded_unix_ms = config_loaded_unix_ms_.load();
  state.root = server_.config().store.root;
  if (const auto volume = server_.volume()) {
    state.free_bytes = volume->free_bytes;
    state.volume_bytes = volume->total_bytes;
  }
  const ProcessFigures process = process_figures();
  state.memory_bytes = process.memory_bytes;
  state.handles = process.handles;
  state.threads = process.threads;
  state.cpu_seconds = process.cpu_seconds;
  if (const auto certificates = server_.certificates())
    state.certificate_expires_unix_ms = certificates->expires_unix_seconds() * 1000;
  state.log_dropped = log::dropped();
  return state;
}

std::vector<ConnectionState> Manager::connections(
    std::uint64_t after, std::size_t limit,
    const std::function<bool(const ConnectionState&)>& wanted) const {
  return server_.connections({after, wanted}, limit);
}

std::vector<UploadState> Manager::uploads(std::string_view after, std::size_t limit) const {
  return server_.uploads(after, limit);
}

EventPage Manager::events(std::uint64_t after, config::Severity at_least, std::size_t limit) const {
  return log::recent(after, at_least, limit);
}

void Manager::audit(const AuditRecord& record) noexcept {
  audit_.record(record, std::chrono::steady_clock::now().time_since_epoch());
}

bool Manager::admits(std::string_view token) const noexcept {
  return around_.token && around_.token->admits(token);
}

CommandResult Manager::run(const Command& command) {
  CommandResult result;
  try {
    const auto ran = server_.run([&] {
      // A stop is not held up, and what it has closed is not opened again.
      const bool closes = std::holds_alternative<CloseConnection>(command) ||
                          std::holds_alternative<DeleteUpload>(command);
      result = server_.stopping() && !closes
                   ? refusal(CommandStatus::stopping, "The service is about to stop.")
                   : std::visit([this](const auto& wanted) { return perform(wanted); }, command);
    });
    switch (ran) {
      case server::Control::Ran::yes: break;
      case server::Control::Ran::busy:
        return refusal(CommandStatus::busy, "Other changes are being made. Try again.");
      case server::Control::Ran::ended:
        return refusal(CommandStatus::stopping, "The service is about to stop.");
    }
  } catch (const std::exception& error) {
    return refusal(CommandStatus::failed, scm::sentence(error));
  }
  return result;
}

CommandResult Manager::perform(const PauseListener& command) {
  Listener* listener = server_.find(command.listener);
  if (!listener) return not_found("listener", command.listener);
  const ListenerPhase phase = listener->state().phase;
  if (phase == ListenerPhase::paused) return {};
  if (phase != ListenerPhase::running)
    return refusal(
        CommandStatus::conflict,
        "Listener " + command.listener + " is drained and accepts nothing. Resume it first.");
  listener->pause();
  log::event(EventId::listener_paused, {command.listener});
  return {};
}

CommandResult Manager::perform(const ResumeListener& command) {
  Listener* listener = server_.find(command.listener);
  if (!listener) return not_found("listener", command.listener);
  if (listener->state().phase == ListenerPhase::running) return {};
  listener->resume();
  log::event(EventId::listener_resumed, {command.listener});
  return {};
}

CommandResult Manager::perform(const DrainListener& command) {
  Listener* listener = server_.find(command.listener);
  if (!listener) return not_found("listener", command.listener);
  const ListenerPhase phase = listener->state().phase;
  if (phase == ListenerPhase::draining || phase == ListenerPhase::drained) return {};
  listener->drain();
  log::event(EventId::listener_draining,
             {command.listener, std::to_string(listener->connections())});
  return {};
}

CommandResult Manager::perform(const SwitchModel& command) {
  Listener* listener = server_.find(command.listener);
  if (!listener) return not_found("listener", command.listener);
  const config::ModelName before = listener->config().model;
  if (before == command.model) return {};
  server_.switch_model(*listener, command.model);
  log::event(EventId::model_switched,
             {command.listener, config::name_of(before), config::name_of(command.model)});
  return {};
}

CommandResult Manager::perform(const CloseConnection& command) {
  if (server_.close_connection(command.id)) return {};
  return not_found("connection", std::to_string(command.id));
}

CommandResult Manager::perform(const DeleteUpload& command) {
  if (server_.remove_upload(command.id)) return {};
  return not_found("unfinished upload", command.id);
}

CommandResult Manager::perform(const ReloadConfig&) {
  CommandResult result = reload();
  // A listener that could not take it over has said so itself.
  if (result.status == CommandStatus::done || !result.changed.empty()) {
    log::event(EventId::config_reloaded,
               {around_.config_file,
                result.changed.empty() ? std::string("nothing") : joined(result.changed, ", ")});
  } else {
    log::event(EventId::config_refused, {told(result)});
  }
  return result;
}

CommandResult Manager::reload() {
  const config::Config before = server_.config();
  config::Config next;
  try {
    next = around_.load();
  } catch (const config::ConfigError& error) {
    return refusal(CommandStatus::invalid, "The configuration is not valid; nothing was changed.",
                   error.problems());
  } catch (const std::exception& error) {
    return refusal(CommandStatus::invalid, scm::sentence(error));
  }
  CommandResult result;
  result.changed = config::changed_keys(before, next);
  if (std::vector<std::string> restart = config::restart_keys(before, next); !restart.empty()) {
    for (std::string& key : restart) key += " can only be changed by a restart of the service";
    return refusal(CommandStatus::conflict,
                   "Some of what has changed needs a restart; nothing was changed.",
                   std::move(restart));
  }
  try {
    std::vector<std::string> failures = server_.reload(next, [&] { around_.apply(before, next); });
    if (!failures.empty()) {
      result.status = CommandStatus::failed;
      result.detail = "The configuration was applied, but not every listener could take it over.";
      result.problems = std::move(failures);
    }
  } catch (const scm::StartError& error) {
    const bool invalid = error.code() == scm::ExitCode::config;
    return refusal(invalid ? CommandStatus::invalid : CommandStatus::failed,
                   scm::sentence(error) + " Nothing was changed.");
  } catch (const std::exception& error) {
    return refusal(CommandStatus::failed, scm::sentence(error) + " Nothing was changed.");
  }
  config_loaded_unix_ms_.store(server::unix_ms_now());
  return result;
}

}  // namespace overlap::management
