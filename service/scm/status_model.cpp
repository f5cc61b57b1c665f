#include "service/scm/status_model.h"

namespace overlap::scm {
namespace {

// Microsoft, "SERVICE_STATUS structure", dwControlsAccepted. Kept as numbers because this file
// knows no Windows header; service_host.cpp checks them.
constexpr std::uint32_t accept_stop = 0x1;
constexpr std::uint32_t accept_pause_continue = 0x2;
constexpr std::uint32_t accept_shutdown = 0x4;
constexpr std::uint32_t accept_param_change = 0x8;
constexpr std::uint32_t accept_preshutdown = 0x100;
constexpr std::uint32_t accept_end = accept_stop | accept_shutdown | accept_preshutdown;

constexpr std::uint32_t no_error = 0;
constexpr std::uint32_t error_call_not_implemented = 120;
constexpr std::uint32_t error_service_cannot_accept_control = 1061;
constexpr std::uint32_t error_service_specific = 1066;

bool is_pending(State state) noexcept {
  return state == State::start_pending || state == State::stop_pending ||
         state == State::continue_pending || state == State::pause_pending;
}

std::uint32_t accepted_in(State state) noexcept {
  switch (state) {
    case State::running:
    case State::paused: return accept_end | accept_pause_continue | accept_param_change;
    case State::continue_pending:
    case State::pause_pending: return accept_end;
    case State::start_pending:
    case State::stop_pending:
    case State::stopped: return 0;
  }
  return 0;
}

constexpr Decision refused{error_service_cannot_accept_control, Command::none, false};

}  // namespace

void ServiceStatusModel::enter(State state) noexcept {
  status_.state = state;
  status_.accepted = accepted_in(state);
  status_.checkpoint = is_pending(state) ? 1 : 0;
  status_.wait_hint = is_pending(state) ? pending_hint : std::chrono::milliseconds{};
}

Decision ServiceStatusModel::begin(State pending, Command command) noexcept {
  enter(pending);
  return {no_error, command, true};
}

Decision ServiceStatusModel::on_control(std::uint32_t control) noexcept {
  const State state = status_.state;
  switch (static_cast<Control>(control)) {
    case Control::interrogate: return {no_error, Command::none, true};
    case Control::stop:
    case Control::shutdown:
    case Control::preshutdown:
      if (state == State::stop_pending) return {no_error, Command::none, false};
      if (state == State::start_pending || state == State::stopped) return refused;
      return begin(State::stop_pending, Command::stop);
    case Control::pause:
      if (state == State::paused) return {no_error, Command::none, true};
      return state == State::running ? begin(State::pause_pending, Command::pause) : refused;
    case Control::resume:
      if (state == State::running) return {no_error, Command::none, true};
      return state == State::paused ? begin(State::continue_pending, Command::resume) : refused;
    case Control::param_change:
      if (state != State::running && state != State::paused) return refused;
      return {no_error, Command::reload, false};
  }
  return {error_call_not_implemented, Command::none, false};
}

bool ServiceStatusModel::started() noexcept {
  if (status_.state != State::start_pending) return false;
  enter(State::running);
  return true;
}

bool ServiceStatusModel::paused() noexcept {
  if (status_.state != State::pause_pending && status_.state != State::continue_pending)
    return false;
  enter(State::paused);
  return true;
}

bool ServiceStatusModel::resumed() noexcept {
  if (status_.state != State::pause_pending && status_.state != State::continue_pending)
    return false;
  enter(State::running);
  return true;
}

bool ServiceStatusModel::progressed(std::chrono::milliseconds wait_hint) noexcept {
  if (!is_pending(status_.state)) return false;
  ++status_.checkpoint;
  status_.wait_hint = wait_hint;
  return true;
}

bool ServiceStatusModel::stop_begun() noexcept {
  if (status_.state == State::stop_pending || status_.state == State::stopped) return false;
  enter(State::stop_pending);
  return true;
}

void ServiceStatusModel::stopped(ExitCode code) noexcept {
  enter(State::stopped);
  status_.win32_exit_code = code == ExitCode::ok ? no_error : error_service_specific;
  status_.service_exit_code = static_cast<std::uint32_t>(code);
}

}  // namespace overlap::scm
