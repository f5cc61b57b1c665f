#include "service/installation/plan.h"

#include <windows.h>
// windows.h comes before everything that needs its types.
#include <shellapi.h>

#include <memory>
#include <string_view>

#include "service/installation/comparison.h"
#include "service/installation/service_handle.h"
#include "service/log/wide.h"
#include "service/win/default_config_file.h"
#include "service/win/error.h"
#include "service/win/security_descriptor.h"

namespace overlap::installation {

std::wstring default_config_file() { return win::to_wide(win::default_config_file()); }

void complete(Plan& plan, const std::optional<Plan>& registered) {
  if (plan.config_file.empty())
    plan.config_file = registered ? registered->config_file : default_config_file();
  if (plan.account.empty()) plan.account = registered ? registered->account : win::service_account;
}

bool has_default_config(const Plan& plan) {
  return same_path(plan.config_file, default_config_file());
}

std::wstring image_path(const Plan& plan) {
  std::wstring line = L"\"" + plan.executable + L"\"";
  if (!has_default_config(plan)) line += L" --config \"" + plan.config_file + L"\"";
  return line;
}

std::optional<Plan> plan_of_registered() {
  const ServiceHandle service =
      find_service(open_manager(SC_MANAGER_CONNECT), SERVICE_QUERY_CONFIG);
  if (!service) return std::nullopt;
  const ServiceSettings found = settings_of(service);
  Plan plan;
  plan.config_file = default_config_file();
  if (!found.account.empty()) plan.account = found.account;
  int count = 0;
  const std::unique_ptr<wchar_t*, win::LocalMemory> words(
      CommandLineToArgvW(found.image_path.c_str(), &count));
  if (words && count > 0) plan.executable = words.get()[0];
  for (int i = 1; words && i + 1 < count; ++i) {
    if (std::wstring_view(words.get()[i]) == L"--config") plan.config_file = words.get()[i + 1];
  }
  return plan;
}

}  // namespace overlap::installation
