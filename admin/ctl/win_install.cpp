#include <windows.h>

#include <array>
#include <exception>

#include "admin/ctl/failure.h"
#include "admin/ctl/win_event_source.h"
#include "admin/ctl/win_service.h"
#include "admin/ctl/win_service_handle.h"
#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap::ctl {
namespace {

constexpr wchar_t display_name[] = L"Overlap file transfer";
constexpr wchar_t description[] =
    L"Moves files over HTTP on four Windows I/O models. Manage it with overlapctl.";
constexpr DWORD restart_after_ms[] = {5'000, 30'000, 60'000};
constexpr DWORD failures_forgotten_after_seconds = 24 * 3600;

// In quotes: without them Windows would try "C:\Program.exe" for a path with a space.
std::wstring command_line(const Installation& installation) {
  std::wstring line = L"\"" + installation.executable + L"\"";
  if (!installation.config_file.empty()) line += L" --config \"" + installation.config_file + L"\"";
  return line;
}

// Removes what was made unless all has gone well.
class Undo {
 public:
  explicit Undo(const Report& report) : report_(report) {}
  ~Undo() {
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
      try {
        (*step)();
      } catch (const std::exception& error) {
        report_.warn(std::string(error.what()) + ".");
      }
    }
  }
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;

  void add(std::function<void()> step) { steps_.push_back(std::move(step)); }
  void forget() noexcept { steps_.clear(); }

 private:
  const Report& report_;
  std::vector<std::function<void()>> steps_;
};

ServiceHandle create(const ServiceHandle& manager, const Installation& installation) {
  const wchar_t* const account =
      installation.account.empty() ? nullptr : installation.account.c_str();
  ServiceHandle service(CreateServiceW(
      manager.get(), service_name, display_name, SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
      SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, command_line(installation).c_str(), nullptr,
      nullptr, nullptr, account, nullptr));
  if (const DWORD code = GetLastError(); !service) fail(code, "create the service");
  return service;
}

void repair(const ServiceHandle& service, const Installation& installation) {
  const wchar_t* const account =
      installation.account.empty() ? L"LocalSystem" : installation.account.c_str();
  if (!ChangeServiceConfigW(service.get(), SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                            SERVICE_ERROR_NORMAL, command_line(installation).c_str(), nullptr,
                            nullptr, nullptr, account, nullptr, display_name))
    fail(GetLastError(), "change the service");
}

void set(const ServiceHandle& service, DWORD level, void* value, const char* what,
         const Report& report) {
  if (ChangeServiceConfig2W(service.get(), level, value)) return;
  const DWORD code = GetLastError();
  report.warn(std::string("Windows cannot set ") + what + ": " + win::error_code(code).message() +
              ". The service works without it.");
}

void set_details(const ServiceHandle& service, const Report& report) {
  std::wstring text = description;
  SERVICE_DESCRIPTIONW described{text.data()};
  set(service, SERVICE_CONFIG_DESCRIPTION, &described, "the description", report);

  SERVICE_DELAYED_AUTO_START_INFO delayed{TRUE};
  set(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed, "the delayed start", report);

  std::array<SC_ACTION, 3> restarts{};
  for (std::size_t i = 0; i < restarts.size(); ++i)
    restarts[i] = {SC_ACTION_RESTART, restart_after_ms[i]};
  SERVICE_FAILURE_ACTIONSW actions{};
  actions.dwResetPeriod = failures_forgotten_after_seconds;
  actions.cActions = static_cast<DWORD>(restarts.size());
  actions.lpsaActions = restarts.data();
  set(service, SERVICE_CONFIG_FAILURE_ACTIONS, &actions, "restarts after a failure", report);
  // Only if the process dies: a start that was refused for its configuration would be so again.
  SERVICE_FAILURE_ACTIONS_FLAG deaths_only{FALSE};
  set(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &deaths_only, "when to restart", report);

  SERVICE_SID_INFO sid{SERVICE_SID_TYPE_UNRESTRICTED};
  set(service, SERVICE_CONFIG_SERVICE_SID_INFO, &sid, "an identity of its own", report);
}

}  // namespace

void install(const Installation& installation, const Report& report) {
  const ServiceHandle manager = open_manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
  ServiceHandle service = find_service(manager, SERVICE_ALL_ACCESS);
  const bool is_new = !service;
  Undo undo(report);
  try {
    if (register_event_source(installation.executable)) undo.add(&remove_event_source);
  } catch (const std::system_error& error) {
    if (error.code().value() == ERROR_ACCESS_DENIED)
      fail(ERROR_ACCESS_DENIED, "register the source of the Event Log");
    report.warn(std::string(error.what()) + ". Event Viewer shows numbers for sentences.");
  }
  if (is_new) {
    service = create(manager, installation);
    undo.add([&] {
      if (!DeleteService(service.get())) fail(GetLastError(), "delete the service again");
    });
  } else {
    repair(service, installation);
  }
  set_details(service, report);
  undo.forget();
  report.note(is_new ? "The service is installed. Start it: overlapctl start"
                     : "The service was installed already; its settings are as they should be.");
}

void uninstall(std::chrono::seconds timeout, const Report& report) {
  const ServiceHandle manager = open_manager(SC_MANAGER_CONNECT);
  const ServiceHandle service = find_service(manager, DELETE | SERVICE_STOP | SERVICE_QUERY_STATUS);
  if (service) {
    stop(timeout, report);
    if (!DeleteService(service.get())) {
      const DWORD code = GetLastError();
      if (code != ERROR_SERVICE_MARKED_FOR_DELETE) fail(code, "delete the service");
    }
  }
  try {
    remove_event_source();
  } catch (const std::system_error& error) {
    if (error.code().value() == ERROR_ACCESS_DENIED)
      fail(ERROR_ACCESS_DENIED, "remove the source of the Event Log");
    report.warn(std::string(error.what()) + ".");
  }
  report.note(service ? "The service is uninstalled; its files stay."
                      : "The service is not installed.");
}

}  // namespace overlap::ctl
