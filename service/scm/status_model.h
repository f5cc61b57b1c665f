// The states of a service as the service manager wants to hear of them. Pure: no Windows call, no
// thread, no clock, so that controls which a test system never sends (shutdown) are tested too.
// Source: Microsoft, "SERVICE_STATUS structure", "LPHANDLER_FUNCTION_EX callback function".
#pragma once

#include <chrono>
#include <cstdint>

#include "service/scm/start_error.h"

namespace overlap::scm {

// The values are those of SERVICE_STATUS::dwCurrentState.
enum class State : std::uint32_t {
  stopped = 1,
  start_pending = 2,
  stop_pending = 3,
  running = 4,
  continue_pending = 5,
  pause_pending = 6,
  paused = 7,
};

// The values are those of SERVICE_CONTROL_*.
enum class Control : std::uint32_t {
  stop = 1,
  pause = 2,
  resume = 3,
  interrogate = 4,
  shutdown = 5,
  param_change = 6,
  preshutdown = 15,
};

// What the service's own thread is asked to do.
enum class Command : std::uint8_t { none, stop, pause, resume, reload };

// What is reported; the fields of SERVICE_STATUS.
struct Status {
  State state = State::start_pending;
  std::uint32_t accepted = 0;             // SERVICE_ACCEPT_* bits
  std::uint32_t win32_exit_code = 0;      // NO_ERROR or ERROR_SERVICE_SPECIFIC_ERROR
  std::uint32_t service_exit_code = 0;    // ExitCode
  std::uint32_t checkpoint = 0;           // grows while a state is pending, else 0
  std::chrono::milliseconds wait_hint{};  // until the next checkpoint, else 0
};

// The answer to a control.
struct Decision {
  std::uint32_t result = 0;  // what the handler returns to the service manager
  Command command = Command::none;
  bool report = false;  // status() is to be reported
};

class ServiceStatusModel {
 public:
  const Status& status() const noexcept { return status_; }

  // A control has arrived. A repeated stop is accepted and gives no second command.
  Decision on_control(std::uint32_t control) noexcept;

  // The service's own thread has done something. True if status() is to be reported; false if a
  // stop has come in between, which nothing undoes.
  bool started() noexcept;
  bool paused() noexcept;
  bool resumed() noexcept;
  bool progressed(std::chrono::milliseconds wait_hint) noexcept;  // pending states only
  bool stop_begun() noexcept;  // stops by itself, or failed to start
  void stopped(ExitCode code) noexcept;

 private:
  void enter(State state) noexcept;
  Decision begin(State pending, Command command) noexcept;

  Status status_{.wait_hint = pending_hint};

  // Announced on entering a pending state, before the first checkpoint.
  static constexpr std::chrono::milliseconds pending_hint{10'000};
};

}  // namespace overlap::scm
