#include "service/installation/service_registration.h"

#include <windows.h>

#include <array>
#include <iterator>
#include <optional>

#include "service/installation/service_handle.h"
#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap::installation {
namespace {

void change(const ServiceHandle& service, const ServiceSettings& to, const ServiceSettings& from) {
  const bool same_account =
      CompareStringOrdinal(to.account.c_str(), -1, from.account.c_str(), -1, TRUE) == CSTR_EQUAL;
  // The accounts of Windows itself have an empty password, virtual and managed ones none.
  const bool of_windows = to.account == L"LocalSystem" || to.account.starts_with(L"NT AUTHORITY\\");
  if (!ChangeServiceConfigW(service.get(), SERVICE_WIN32_OWN_PROCESS, to.start,
                            SERVICE_ERROR_NORMAL, to.image_path.c_str(), nullptr, nullptr,
                            to.depends_on.c_str(), same_account ? nullptr : to.account.c_str(),
                            of_windows && !same_account ? L"" : nullptr, to.display_name.c_str()))
    win::throw_error(GetLastError(), "cannot change the service");
}

// What the service does without, and what then is not so.
void set(const ServiceHandle& service, DWORD level, void* value, const char* what,
         const char* without, const Report& report) {
  if (ChangeServiceConfig2W(service.get(), level, value)) return;
  const DWORD code = GetLastError();
  const std::string why =
      code == ERROR_SUCCESS ? "the system does not know it" : win::error_code(code).message();
  report.warn(std::string("The service manager did not take ") + what + ": " + why + ". " +
              without);
}

void set_details(const ServiceHandle& service, const Report& report) {
  std::wstring text = description;
  SERVICE_DESCRIPTIONW described{text.data()};
  set(service, SERVICE_CONFIG_DESCRIPTION, &described, "the description",
      "The service is shown without.", report);

  SERVICE_DELAYED_AUTO_START_INFO delayed{TRUE};
  set(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed, "the delay of the automatic start",
      "It starts together with the other services.", report);

  std::array<SC_ACTION, restart_after_ms.size()> restarts{};
  for (std::size_t i = 0; i < restarts.size(); ++i)
    restarts[i] = {SC_ACTION_RESTART, restart_after_ms[i]};
  SERVICE_FAILURE_ACTIONSW actions{};
  actions.dwResetPeriod = failures_forgotten_after_seconds;
  actions.cActions = static_cast<DWORD>(restarts.size());
  actions.lpsaActions = restarts.data();
  set(service, SERVICE_CONFIG_FAILURE_ACTIONS, &actions, "restarts after a failure",
      "It is not started again when its process has died.", report);
  // A start that was refused for its configuration would be refused again.
  SERVICE_FAILURE_ACTIONS_FLAG deaths_only{FALSE};
  set(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &deaths_only, "when to restart",
      "Windows' default is the same: when the process has died.", report);

  SERVICE_SID_INFO sid{SERVICE_SID_TYPE_UNRESTRICTED};
  set(service, SERVICE_CONFIG_SERVICE_SID_INFO, &sid, "the type of the service SID",
      "Under another account than its own it has no rights on its folders.", report);

  std::wstring privileges(required_privileges, std::size(required_privileges));
  SERVICE_REQUIRED_PRIVILEGES_INFOW required{privileges.data()};
  set(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &required, "the required privileges",
      "It keeps all privileges of its account.", report);

  SERVICE_PRESHUTDOWN_INFO preshutdown{preshutdown_timeout_ms};
  set(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &preshutdown, "the time for a shutdown",
      "Transfers may be cut off sooner when Windows shuts down.", report);
}

class ServiceStep final : public Step {
 public:
  explicit ServiceStep(const Plan& plan) : plan_(plan) {}

  void make(const Report& report) override {
    const ServiceSettings wanted{image_path(plan_), plan_.account, display_name,
                                 std::wstring(depends_on, std::size(depends_on) - 1),
                                 SERVICE_AUTO_START};
    const ServiceHandle manager = open_manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
    service_ = find_service(manager, SERVICE_ALL_ACCESS);
    if (service_) {
      before_ = settings_of(service_);
      change(service_, wanted, *before_);
      changed_ = true;
    } else {
      service_.reset(CreateServiceW(
          manager.get(), win::service_name, display_name, SERVICE_ALL_ACCESS,
          SERVICE_WIN32_OWN_PROCESS, wanted.start, SERVICE_ERROR_NORMAL, wanted.image_path.c_str(),
          nullptr, nullptr, wanted.depends_on.c_str(), wanted.account.c_str(), nullptr));
      if (const DWORD code = GetLastError(); !service_)
        win::throw_error(
            code, "cannot create the service under the account " + win::to_utf8(wanted.account));
    }
    set_details(service_, report);
    report.note(changed_ ? "The service was installed already; its settings are as they should be."
                         : "The service is installed.");
  }

  void undo() override {
    if (!service_) return;
    if (changed_) return change(service_, *before_, settings_of(service_));
    if (!before_ && !DeleteService(service_.get()))
      win::throw_error(GetLastError(), "cannot delete the service again");
  }

 private:
  const Plan& plan_;
  ServiceHandle service_;
  std::optional<ServiceSettings> before_;
  bool changed_ = false;
};

}  // namespace

std::unique_ptr<Step> make_service_step(const Plan& plan) {
  return std::make_unique<ServiceStep>(plan);
}

bool delete_service() {
  const ServiceHandle service = find_service(open_manager(SC_MANAGER_CONNECT), DELETE);
  if (!service) return false;
  if (!DeleteService(service.get())) {
    const DWORD code = GetLastError();
    if (code != ERROR_SERVICE_MARKED_FOR_DELETE)
      win::throw_error(code, "cannot delete the service");
  }
  return true;
}

}  // namespace overlap::installation
