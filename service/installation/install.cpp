#include "service/installation/install.h"

#include <filesystem>
#include <optional>
#include <system_error>

#include "service/installation/configuration_file.h"
#include "service/installation/event_source.h"
#include "service/installation/firewall.h"
#include "service/installation/folders.h"
#include "service/installation/rights.h"
#include "service/installation/service_handle.h"
#include "service/installation/service_registration.h"
#include "service/installation/steps.h"
#include "service/log/wide.h"

namespace overlap::installation {
namespace {

std::wstring folder_of(const std::wstring& file) {
  return std::filesystem::path(file).parent_path().native();
}

// Whoever may change the program may do what the service may.
void tell_exposed_program(const Plan& plan, const Report& report) {
  for (const std::wstring& path : {plan.executable, folder_of(plan.executable)}) {
    const Access access = access_to(path);
    if (!access.known || access.other_writers.empty()) continue;
    report.warn("Others than administrators may change " + win::to_utf8(path) + ": " +
                access.other_writers.front() +
                ". What they put there would run as the service. Install it in C:\\Program Files.");
    return;
  }
}

// Files with rights of their own, which an earlier installation may have given to another account.
void tell_unreadable(const Plan& plan, const Report& report) {
  const Configuration found = read_configuration(plan.config_file);
  if (!found.config) return;
  const std::filesystem::path folder = folder_of(plan.config_file);
  const config::Config& config = *found.config;
  for (const std::string& name :
       {config.access.users_file, config.admin.token_file, config.tls.certificate_file,
        config.tls.key_file, config.tls.client_ca_file}) {
    const std::wstring path = (folder / win::to_wide(name)).native();
    const Access access = name.empty() ? Access{} : access_to(path);
    if (!access.known || access.service_reads) continue;
    const std::string text = win::to_utf8(path);
    report.warn("The service may not read " + text + ". Let it: icacls \"" + text +
                "\" /grant \"*" + win::to_utf8(win::service_sid()) + ":R\"");
  }
}

// Removes all that it can; the first failure goes on at the end.
class Removing {
 public:
  template <class Action>
  void attempt(Action action) {
    try {
      action();
    } catch (const std::system_error& error) {
      if (!failure_) failure_ = error;
    }
  }
  void finish() const {
    if (failure_) throw std::system_error(*failure_);
  }

 private:
  std::optional<std::system_error> failure_;
};

void tell_what_stays(const Removal& removal, const std::optional<Plan>& plan,
                     const Configuration& configuration, const Report& report) {
  const std::wstring state = folder_of(default_config_file());
  std::vector<std::wstring> staying;
  if (!removal.data) staying.push_back(state);
  if (plan) staying.push_back(folder_of(plan->config_file));
  if (configuration.config) staying.push_back(win::to_wide(configuration.config->store.root));
  if (plan) staying.push_back(folder_of(plan->executable));
  std::string text;
  for (std::size_t i = 0; i < staying.size(); ++i) {
    const std::vector<std::wstring> before(staying.begin(),
                                           staying.begin() + static_cast<std::ptrdiff_t>(i));
    bool said = false;
    for (const std::wstring& folder : before) said |= !found_inside(folder, {staying[i]}).empty();
    if (removal.data) said |= !found_inside(state, {staying[i]}).empty();
    if (said || !std::filesystem::exists(staying[i])) continue;
    text += (text.empty() ? "" : ", ") + win::to_utf8(staying[i]);
  }
  if (!text.empty()) report.note("These folders stay as they are: " + text + ".");
}

}  // namespace

void install(const Plan& plan, const Report& report) {
  // Before anything is made: without these rights it would all be taken back.
  open_manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
  Steps steps;
  steps.push_back(make_state_folder_step(plan));
  steps.push_back(make_configuration_step(plan));
  steps.push_back(make_served_folder_step(plan));
  steps.push_back(make_event_source_step(plan));
  steps.push_back(make_service_step(plan));
  steps.push_back(make_firewall_step(plan));
  carry_out(steps, report);
  tell_unreadable(plan, report);
  tell_exposed_program(plan, report);
}

void uninstall(const Removal& removal, const Report& report) {
  Removing removing;
  std::optional<Plan> plan;
  Configuration configuration;
  removing.attempt([&] { plan = plan_of_registered(); });
  configuration = read_configuration(plan ? plan->config_file : default_config_file());
  bool deleted = false;
  removing.attempt([&] { deleted = delete_service(); });
  removing.attempt([] { remove_event_source(); });
  try {
    remove_firewall_rule();
  } catch (const std::system_error& error) {
    if (error.code().value() != ERROR_CALL_NOT_IMPLEMENTED)
      report.warn("A rule of the firewall may be left: " + std::string(error.what()) + ".");
  }
  if (removal.data) removing.attempt([] { remove_folder(folder_of(default_config_file())); });
  removing.finish();
  report.note(deleted ? "The service is uninstalled." : "The service is not installed.");
  tell_what_stays(removal, plan, configuration, report);
}

}  // namespace overlap::installation
