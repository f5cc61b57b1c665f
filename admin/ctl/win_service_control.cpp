// Starting and stopping.
#include <windows.h>

#include <algorithm>

#include "admin/ctl/failure.h"
#include "admin/ctl/win_service.h"
#include "service/installation/service_handle.h"
#include "service/win/error.h"

namespace overlap::ctl {
namespace {

using installation::ServiceHandle;

constexpr DWORD look_every_ms = 100;

SERVICE_STATUS_PROCESS status_of(const ServiceHandle& service) {
  SERVICE_STATUS_PROCESS status{};
  DWORD bytes = 0;
  if (!QueryServiceStatusEx(service.get(), SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status),
                            sizeof status, &bytes))
    win::throw_error(GetLastError(), "cannot ask for the state of the service");
  return status;
}

[[noreturn]] void fail_stopped(const SERVICE_STATUS_PROCESS& status) {
  if (status.dwWin32ExitCode == ERROR_SERVICE_SPECIFIC_ERROR) {
    const DWORD code = status.dwServiceSpecificExitCode;
    throw Failure(Exit::failed,
                  "The service has stopped while starting: " +
                      std::string(meaning_of_failed_start(code)) + ". The Event Log has more. " +
                      "The service-specific exit code is " + std::to_string(code) + ".");
  }
  throw Failure(Exit::failed, "The service has stopped while starting: " +
                                  win::error_code(status.dwWin32ExitCode).message() + ".");
}

class Deadline {
 public:
  explicit Deadline(std::chrono::seconds timeout)
      : end_(GetTickCount64() + static_cast<ULONGLONG>(timeout.count()) * 1000) {}
  bool passed() const noexcept { return GetTickCount64() >= end_; }

 private:
  ULONGLONG end_;
};

// Returns the first status whose state is none of the two.
SERVICE_STATUS_PROCESS wait_while(const ServiceHandle& service, DWORD pending, DWORD before,
                                  const Deadline& deadline, const char* what) {
  for (;;) {
    const SERVICE_STATUS_PROCESS status = status_of(service);
    if (status.dwCurrentState != pending && status.dwCurrentState != before) return status;
    if (deadline.passed())
      throw Failure(Exit::timeout, std::string("The service has not ") + what +
                                       " within the time that was given; it goes on.");
    Sleep(look_every_ms);
  }
}

ServiceHandle opened(DWORD access) {
  ServiceHandle service =
      installation::find_service(installation::open_manager(SC_MANAGER_CONNECT), access);
  if (!service)
    throw Failure(Exit::not_found, "The service is not installed. Install it: overlapctl install");
  return service;
}

}  // namespace

void start(std::chrono::seconds timeout, const Report& report) {
  const Deadline deadline(timeout);
  const ServiceHandle service = opened(SERVICE_START | SERVICE_QUERY_STATUS);
  // One that is about to stop can only be started when it has.
  wait_while(service, SERVICE_STOP_PENDING, SERVICE_STOP_PENDING, deadline, "stopped");
  if (!StartServiceW(service.get(), 0, nullptr)) {
    const DWORD code = GetLastError();
    if (code != ERROR_SERVICE_ALREADY_RUNNING) win::throw_error(code, "cannot start the service");
    if (status_of(service).dwCurrentState == SERVICE_RUNNING)
      return report.note("The service runs already.");
  }
  const auto status =
      wait_while(service, SERVICE_START_PENDING, SERVICE_START_PENDING, deadline, "started");
  if (status.dwCurrentState == SERVICE_STOPPED || status.dwCurrentState == SERVICE_STOP_PENDING)
    fail_stopped(
        wait_while(service, SERVICE_STOP_PENDING, SERVICE_STOP_PENDING, deadline, "stopped"));
  report.note("The service has started.");
}

void stop(std::chrono::seconds timeout, const Report& report) {
  const Deadline deadline(timeout);
  const ServiceHandle service = opened(SERVICE_STOP | SERVICE_QUERY_STATUS);
  DWORD before = status_of(service).dwCurrentState;
  if (before == SERVICE_STOPPED) return report.note("The service does not run.");
  if (before == SERVICE_START_PENDING) {  // takes no controls
    before = wait_while(service, SERVICE_START_PENDING, SERVICE_START_PENDING, deadline, "started")
                 .dwCurrentState;
  }
  SERVICE_STATUS ignored{};
  if (before != SERVICE_STOPPED && !ControlService(service.get(), SERVICE_CONTROL_STOP, &ignored)) {
    const DWORD code = GetLastError();
    const bool stopping =
        code == ERROR_SERVICE_NOT_ACTIVE || code == ERROR_SERVICE_CANNOT_ACCEPT_CTRL;
    if (!stopping) win::throw_error(code, "cannot stop the service");
  }
  wait_while(service, SERVICE_STOP_PENDING, before == SERVICE_STOPPED ? 0 : before, deadline,
             "stopped");
  report.note("The service has stopped.");
}

}  // namespace overlap::ctl
