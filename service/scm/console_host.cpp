// In a console, or under a script. Source: Microsoft, "HandlerRoutine callback function".
#include <windows.h>

#include <array>
#include <atomic>
#include <thread>

#include "service/scm/lifecycle.h"
#include "service/scm/run.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::scm {
namespace {

// Lives until the process ends: the system's handler thread and the reader of standard input may
// touch it at any time.
struct Signals {
  HANDLE stop = nullptr;   // manual reset: somebody asked for the end
  HANDLE ended = nullptr;  // manual reset: everything is done
  std::atomic<const char*> reason{""};
};
Signals signals;

void ask_to_stop(const char* reason) noexcept {
  if (WaitForSingleObject(signals.stop, 0) == WAIT_OBJECT_0) return;
  signals.reason = reason;
  SetEvent(signals.stop);
}

BOOL WINAPI on_console_event(DWORD event) {
  const bool fleeting = event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT;
  ask_to_stop(fleeting ? "the console is closing" : "Ctrl-C was pressed");
  // The system ends the process as soon as this returns when the window closes or the user logs
  // off, and some seconds later in any case.
  if (fleeting) WaitForSingleObject(signals.ended, INFINITE);
  return TRUE;
}

// Reads until the end, however much is written: only the end counts.
void wait_for_end_of_input() noexcept {
  const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
  std::array<char, 256> ignored{};
  DWORD bytes = 0;
  while (ReadFile(input, ignored.data(), static_cast<DWORD>(ignored.size()), &bytes, nullptr) &&
         bytes != 0) {
  }
  ask_to_stop("standard input was closed");
}

class ConsoleHost final : public Host {
 public:
  Command next() override {
    WaitForSingleObject(signals.stop, INFINITE);
    return Command::stop;
  }
  void started() override {}
  void paused() override {}
  void resumed() override {}
  void stopping() override {}
  void tick(std::chrono::milliseconds) override {}
  std::string stop_reason() override { return signals.reason.load(); }
};

}  // namespace

ExitCode run_in_console(const Factory& factory, bool until_stdin_closes) {
  signals.stop = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (!signals.stop) win::throw_last_error("CreateEvent");
  signals.ended = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (!signals.ended) win::throw_last_error("CreateEvent");
  if (!SetConsoleCtrlHandler(&on_console_event, TRUE))
    win::throw_last_error("SetConsoleCtrlHandler");
  // Detached: a read of a console or a pipe cannot be ended reliably, and the thread owns nothing.
  if (until_stdin_closes) std::thread(&wait_for_end_of_input).detach();
  ConsoleHost host;
  const End end = run_lifecycle(factory, host);
  if (end.stuck) TerminateProcess(GetCurrentProcess(), static_cast<UINT>(end.code));
  SetEvent(signals.ended);
  return end.code;
}

}  // namespace overlap::scm
