#include <windows.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <system_error>

#include "service/installation/account.h"
#include "service/installation/comparison.h"
#include "service/installation/inspection.h"
#include "service/installation/mending.h"
#include "service/installation/service_handle.h"
#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap::installation {
namespace {

// A list of names, each with a zero at its end, as text: "A, B".
std::string joined(const wchar_t* list) {
  std::string text;
  for (; list != nullptr && *list != 0; list += std::wstring_view(list).size() + 1)
    text += (text.empty() ? "" : ", ") + win::to_utf8(list);
  return text.empty() ? "none" : text;
}

std::string restarts(const SC_ACTION* actions, DWORD count, DWORD reset_seconds) {
  if (count == 0) return "none";
  std::string text;
  for (DWORD i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ", ");
    text += actions[i].Type == SC_ACTION_RESTART
                ? "restart after " + std::to_string(actions[i].Delay / 1000) + " s"
                : "something else";
  }
  return text + "; forgotten after " + std::to_string(reset_seconds) + " s";
}

std::string wanted_restarts() {
  std::array<SC_ACTION, restart_after_ms.size()> actions{};
  for (std::size_t i = 0; i < actions.size(); ++i)
    actions[i] = {SC_ACTION_RESTART, restart_after_ms[i]};
  return restarts(actions.data(), static_cast<DWORD>(actions.size()),
                  failures_forgotten_after_seconds);
}

class Inspection {
 public:
  Inspection(const Plan& plan, const ServiceHandle& service)
      : mend_(install_command(plan)), service_(service) {}

  void add(const char* id, const char* name, std::string wanted, std::string found,
           Fact::State otherwise) {
    const bool right = wanted == found;
    add(id, name, std::move(wanted), std::move(found), right, otherwise);
  }

  void add(const char* id, const char* name, std::string wanted, std::string found, bool right,
           Fact::State otherwise) {
    facts_.push_back({id, name, std::move(wanted), std::move(found), right ? "" : mend_,
                      right ? Fact::State::right : otherwise});
  }

  // `tell` makes text of the structure of that level, which is unknown if it cannot be asked for.
  template <class Structure, class Tell>
  void add_detail(const char* id, const char* name, DWORD level, std::string wanted,
                  Fact::State otherwise, Tell tell) {
    DWORD bytes = 0;
    QueryServiceConfig2W(service_.get(), level, nullptr, 0, &bytes);
    std::vector<std::byte> buffer(bytes < sizeof(Structure) ? sizeof(Structure) : bytes);
    if (QueryServiceConfig2W(service_.get(), level, reinterpret_cast<BYTE*>(buffer.data()),
                             static_cast<DWORD>(buffer.size()), &bytes)) {
      add(id, name, std::move(wanted), tell(*reinterpret_cast<const Structure*>(buffer.data())),
          otherwise);
      return;
    }
    const DWORD code = GetLastError();
    facts_.push_back(
        {id, name, std::move(wanted), win::error_code(code).message(), "", Fact::State::unknown});
  }

  void add(Fact fact) { facts_.push_back(std::move(fact)); }

  std::vector<Fact> facts() && { return std::move(facts_); }

 private:
  std::string mend_;
  const ServiceHandle& service_;
  std::vector<Fact> facts_;
};

const char* start_name(DWORD start) {
  switch (start) {
    case SERVICE_AUTO_START: return "automatic";
    case SERVICE_DEMAND_START: return "on demand";
    case SERVICE_DISABLED: return "disabled";
    default: return "something else";
  }
}

const char* sid_type_name(DWORD type) {
  switch (type) {
    case SERVICE_SID_TYPE_NONE: return "none";
    case SERVICE_SID_TYPE_UNRESTRICTED: return "unrestricted";
    default: return "restricted";
  }
}

void add_settings(Inspection& to, const Plan& plan, const ServiceHandle& service) {
  const ServiceSettings found = settings_of(service);
  to.add("service.image_path", "the image path of the service", win::to_utf8(image_path(plan)),
         win::to_utf8(found.image_path), same_command_line(image_path(plan), found.image_path),
         Fact::State::wrong);
  to.add(account_fact(plan, found.account));
  to.add("service.start", "the start of the service", start_name(SERVICE_AUTO_START),
         start_name(found.start), Fact::State::lesser);
  to.add("service.display_name", "the display name of the service", win::to_utf8(display_name),
         win::to_utf8(found.display_name), Fact::State::lesser);
  to.add("service.dependencies", "what the service depends on", joined(depends_on),
         joined(found.depends_on.c_str()), Fact::State::lesser);
}

void add_details(Inspection& to) {
  to.add_detail<SERVICE_DESCRIPTIONW>(
      "service.description", "the description of the service", SERVICE_CONFIG_DESCRIPTION,
      win::to_utf8(description), Fact::State::lesser, [](const auto& found) {
        return win::to_utf8(found.lpDescription ? found.lpDescription : L"");
      });
  to.add_detail<SERVICE_DELAYED_AUTO_START_INFO>(
      "service.delayed_start", "the delay of the automatic start",
      SERVICE_CONFIG_DELAYED_AUTO_START_INFO, "delayed", Fact::State::lesser,
      [](const auto& found) { return found.fDelayedAutostart ? "delayed" : "not delayed"; });
  to.add_detail<SERVICE_FAILURE_ACTIONSW>(
      "service.failure_actions", "restarts after the process has died",
      SERVICE_CONFIG_FAILURE_ACTIONS, wanted_restarts(), Fact::State::wrong, [](const auto& found) {
        return restarts(found.lpsaActions, found.cActions, found.dwResetPeriod);
      });
  to.add_detail<SERVICE_FAILURE_ACTIONS_FLAG>(
      "service.failure_flag", "when the service is started again",
      SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, "when its process has died", Fact::State::lesser,
      [](const auto& found) {
        return found.fFailureActionsOnNonCrashFailures ? "also when it has stopped with an error"
                                                       : "when its process has died";
      });
  to.add_detail<SERVICE_SID_INFO>(
      "service.sid_type", "the type of the service SID", SERVICE_CONFIG_SERVICE_SID_INFO,
      sid_type_name(SERVICE_SID_TYPE_UNRESTRICTED), Fact::State::wrong,
      [](const auto& found) { return sid_type_name(found.dwServiceSidType); });
  to.add_detail<SERVICE_REQUIRED_PRIVILEGES_INFOW>(
      "service.privileges", "the required privileges", SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO,
      joined(required_privileges), Fact::State::wrong,
      [](const auto& found) { return joined(found.pmszRequiredPrivileges); });
  to.add_detail<SERVICE_PRESHUTDOWN_INFO>(
      "service.preshutdown", "the time for a shutdown", SERVICE_CONFIG_PRESHUTDOWN_INFO,
      std::to_string(preshutdown_timeout_ms) + " ms", Fact::State::lesser,
      [](const auto& found) { return std::to_string(found.dwPreshutdownTimeout) + " ms"; });
}

}  // namespace

Fact account_fact(const Plan& plan, const std::wstring& found) {
  Fact fact{"service.account",
            "the account of the service",
            win::to_utf8(win::service_account),
            found.empty() ? "LocalSystem" : win::to_utf8(found),
            "",
            Fact::State::right};
  const AccountPower power = power_of(found);
  if (power == AccountPower::own) return fact;
  fact.found += power == AccountPower::administrator ? ", which may do everything on this machine"
                                                     : ", which may do more than the service needs";
  fact.state = power == AccountPower::administrator ? Fact::State::wrong : Fact::State::lesser;
  Plan mended = plan;
  mended.account = win::service_account;
  fact.mend = install_command(mended);
  return fact;
}

std::vector<Fact> inspect_service(const Plan& plan) {
  try {
    const ServiceHandle service =
        find_service(open_manager(SC_MANAGER_CONNECT), SERVICE_QUERY_CONFIG);
    if (!service)
      return {{"service", "the service", "installed", "not installed", install_command(plan),
               Fact::State::wrong}};
    Inspection inspection(plan, service);
    add_settings(inspection, plan, service);
    add_details(inspection);
    return std::move(inspection).facts();
  } catch (const std::system_error& error) {
    return {{"service", "the service", "installed", error.what(), "", Fact::State::unknown}};
  }
}

}  // namespace overlap::installation
