// Sends one control to a service through the service control API and waits for what must follow.
//
//   service_controls NAME start|stop|pause|continue|interrogate|paramchange|unknown
//
// Prints each status that it sees. Exit status 0 if the expected state was reached and every status
// on the way was as the service manager wants it: 1 otherwise, with a line that says why.
#include <windows.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

constexpr ULONGLONG deadline_ms = 60'000;
constexpr DWORD look_every_ms = 20;

using ServiceHandle = std::unique_ptr<SC_HANDLE__, decltype(&CloseServiceHandle)>;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

[[noreturn]] void fail_with_error(const std::string& call) {
  const DWORD error = GetLastError();
  fail(call + " failed with error " + std::to_string(error));
}

struct Control {
  const char* name;
  DWORD control;
  DWORD pending;   // the state on the way, 0 if none
  DWORD expected;  // the state in the end, 0 if unchanged
};

constexpr Control controls[] = {
    {"stop", SERVICE_CONTROL_STOP, SERVICE_STOP_PENDING, SERVICE_STOPPED},
    {"pause", SERVICE_CONTROL_PAUSE, SERVICE_PAUSE_PENDING, SERVICE_PAUSED},
    {"continue", SERVICE_CONTROL_CONTINUE, SERVICE_CONTINUE_PENDING, SERVICE_RUNNING},
    {"interrogate", SERVICE_CONTROL_INTERROGATE, 0, 0},
    {"paramchange", SERVICE_CONTROL_PARAMCHANGE, 0, 0},
};

SERVICE_STATUS query(SC_HANDLE service) {
  SERVICE_STATUS status{};
  if (!QueryServiceStatus(service, &status)) fail_with_error("QueryServiceStatus");
  return status;
}

// What holds of every status, whatever the state.
void check(const SERVICE_STATUS& status) {
  const DWORD state = status.dwCurrentState;
  const bool settled =
      state == SERVICE_RUNNING || state == SERVICE_PAUSED || state == SERVICE_STOPPED;
  if (settled && status.dwCheckPoint != 0) fail("a settled state has a checkpoint");
  if (settled && status.dwWaitHint != 0) fail("a settled state has a wait hint");
  if (!settled && status.dwWaitHint == 0) fail("a pending state has no wait hint");
  if (state == SERVICE_RUNNING || state == SERVICE_PAUSED) {
    constexpr DWORD accepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PAUSE_CONTINUE |
                               SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE |
                               SERVICE_ACCEPT_PRESHUTDOWN;
    if (status.dwControlsAccepted != accepted) fail("it does not accept what it should");
  } else if (state == SERVICE_STOP_PENDING && status.dwControlsAccepted != 0) {
    fail("it accepts controls while stopping");
  }
}

// Follows the states until `expected`. Returns how many different checkpoints were seen.
int follow(SC_HANDLE service, DWORD pending, DWORD expected) {
  const ULONGLONG end = GetTickCount64() + deadline_ms;
  DWORD checkpoint = 0;
  int checkpoints = 0;
  for (;;) {
    const SERVICE_STATUS status = query(service);
    check(status);
    const DWORD state = status.dwCurrentState;
    if (state == pending && status.dwCheckPoint < checkpoint) fail("a checkpoint went back");
    if (state == pending && status.dwCheckPoint > checkpoint) {
      checkpoint = status.dwCheckPoint;
      ++checkpoints;
    }
    if (state == expected) return checkpoints;
    if (state == SERVICE_STOPPED && expected != SERVICE_STOPPED)
      fail("it stopped with exit codes " + std::to_string(status.dwWin32ExitCode) + " and " +
           std::to_string(status.dwServiceSpecificExitCode));
    if (GetTickCount64() > end) fail("it stayed in state " + std::to_string(state));
    Sleep(look_every_ms);
  }
}

void send(SC_HANDLE service, const Control& control) {
  const DWORD before = query(service).dwCurrentState;
  SERVICE_STATUS status{};
  if (!ControlService(service, control.control, &status)) fail_with_error("ControlService");
  const DWORD expected = control.expected ? control.expected : before;
  const int checkpoints = follow(service, control.pending, expected);
  std::printf("%s: state %lu after %d checkpoints\n", control.name, expected, checkpoints);
}

// 128 to 255 are for a service to define; this one defines none.
void send_unknown(SC_HANDLE service) {
  constexpr DWORD unknown_control = 200;
  SERVICE_STATUS status{};
  const DWORD before = query(service).dwCurrentState;
  // Wine does not hand on what the handler returns, and reports success.
  if (!ControlService(service, unknown_control, &status)) {
    const DWORD error = GetLastError();
    if (error != ERROR_CALL_NOT_IMPLEMENTED)
      fail("an unknown control was refused with error " + std::to_string(error));
  }
  if (query(service).dwCurrentState != before) fail("an unknown control has changed the state");
  std::printf("unknown: state %lu\n", before);
}

void run(const std::string& name, const std::string& action) {
  const ServiceHandle manager(OpenSCManagerA(nullptr, nullptr, SC_MANAGER_CONNECT),
                              &CloseServiceHandle);
  if (!manager) fail_with_error("OpenSCManager");
  const ServiceHandle service(OpenServiceA(manager.get(), name.c_str(), SERVICE_ALL_ACCESS),
                              &CloseServiceHandle);
  if (!service) fail_with_error("OpenService");
  if (action == "start") {
    if (!StartServiceW(service.get(), 0, nullptr)) fail_with_error("StartService");
    const int checkpoints = follow(service.get(), SERVICE_START_PENDING, SERVICE_RUNNING);
    std::printf("start: running after %d checkpoints\n", checkpoints);
    return;
  }
  if (action == "unknown") return send_unknown(service.get());
  for (const Control& control : controls)
    if (action == control.name) return send(service.get(), control);
  fail("unknown action " + action);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) fail("usage: service_controls NAME ACTION");
    run(argv[1], argv[2]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "service_controls: %s\n", error.what());
    return 1;
  }
}
