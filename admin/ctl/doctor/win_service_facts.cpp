// The service as the service manager has it, and the facts of its installation.
#include <windows.h>

#include <utility>

#include "admin/ctl/doctor/win_facts.h"
#include "common/config/parse.h"
#include "service/installation/inspection.h"
#include "service/installation/program_folder.h"
#include "service/installation/service_handle.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/read_file.h"

namespace overlap::ctl::doctor {
namespace {

Service::Run run_of(DWORD state) noexcept {
  switch (state) {
    case SERVICE_START_PENDING: return Service::Run::starting;
    case SERVICE_STOP_PENDING: return Service::Run::stopping;
    case SERVICE_RUNNING:
    case SERVICE_CONTINUE_PENDING: return Service::Run::running;
    case SERVICE_PAUSED:
    case SERVICE_PAUSE_PENDING: return Service::Run::paused;
    default: return Service::Run::stopped;
  }
}

State state_of(const installation::Fact& fact) noexcept {
  switch (fact.state) {
    case installation::Fact::State::right: return State::ok;
    case installation::Fact::State::lesser: return State::warning;
    case installation::Fact::State::unknown: return State::skipped;
    // Another firewall may let clients through as well.
    case installation::Fact::State::wrong:
      return fact.id == "firewall" ? State::warning : State::failed;
  }
  return State::skipped;
}

bool serves_other_machines(const std::string& config_file) {
  try {
    const config::Config config = config::parse(
        win::read_file(win::to_wide(config_file), config::file_bytes_max, config_file),
        config_file);
    for (const config::Listener& one : config.listeners)
      if (!one.address.starts_with("127.") && one.address != "::1") return true;
  } catch (const std::exception&) {
    return false;  // a check of its own says what is wrong with it
  }
  return false;
}

}  // namespace

Service windows_service() {
  Service service;
  const std::optional<installation::Plan> plan = installation::plan_of_registered();
  if (!plan) return service;
  service.installed = true;
  service.executable = win::to_utf8(plan->executable);
  service.config_file = win::to_utf8(plan->config_file);
  service.version = version_of_program(plan->executable);
  const auto opened = installation::find_service(installation::open_manager(SC_MANAGER_CONNECT),
                                                 SERVICE_QUERY_STATUS);
  SERVICE_STATUS_PROCESS status{};
  DWORD bytes = 0;
  if (!QueryServiceStatusEx(opened.get(), SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status),
                            sizeof status, &bytes))
    win::throw_last_error("cannot ask for the state of the service");
  service.run = run_of(status.dwCurrentState);
  service.process = service.run == Service::Run::stopped ? 0 : status.dwProcessId;
  // Before the first start: ERROR_SERVICE_NEVER_STARTED, which is no failure.
  const bool never = status.dwWin32ExitCode == ERROR_SERVICE_NEVER_STARTED;
  service.exit_code = never ? 0 : status.dwWin32ExitCode;
  service.specific_code = status.dwServiceSpecificExitCode;
  service.exit_text = win::error_code(service.exit_code).message();
  return service;
}

std::vector<Installed> windows_installation(const Service& service) {
  installation::Plan plan;
  plan.config_file = installation::default_config_file();
  if (auto registered = installation::plan_of_registered()) plan = *std::move(registered);
  if (!service.config_file.empty()) plan.config_file = win::to_wide(service.config_file);
  plan.executable =
      installation::wanted_program(plan.executable, beside_this_program(L"overlap-service.exe"));
  plan.firewall = serves_other_machines(win::to_utf8(plan.config_file));
  std::vector<Installed> facts;
  for (installation::Fact& fact : installation::inspect(plan)) {
    State state = state_of(fact);
    if (fact.id == "service.dependencies" && state != State::ok && !wine_version().empty()) {
      state = State::skipped;
      fact.found = "Wine does not tell them";
    }
    facts.push_back({std::move(fact.id), std::move(fact.name), std::move(fact.wanted),
                     std::move(fact.found), std::move(fact.mend), state});
  }
  return facts;
}

}  // namespace overlap::ctl::doctor
