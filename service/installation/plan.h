// Where things are, or are to be: what a person may choose of an installation.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "service/installation/installed_state.h"

namespace overlap::installation {

// Paths are absolute, with backslashes.
struct Plan {
  std::wstring executable;   // overlap-service.exe
  std::wstring config_file;  // never empty; default_config_file() if nobody says otherwise
  std::wstring account = win::service_account;  // or L"LocalSystem", L"NT AUTHORITY\\LocalService"
  // For a configuration file that is made; one that is there says for itself. Empty: the folder
  // `Files` beside it.
  std::wstring root;
  std::uint16_t first_port = default_first_port;
  bool firewall = false;
};

// A line about something that was done, and one about something that was not possible.
struct Report {
  std::function<void(const std::string&)> note;
  std::function<void(const std::string&)> warn;
};

// An installation that cannot be made as things are; what() is a whole sentence and says what to
// do.
class Refusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What the plan does not say (an empty configuration or account): as the registered service has it,
// so that a repair keeps them, or the default.
void complete(Plan& plan, const std::optional<Plan>& registered);

// The path that the program itself takes if nobody says otherwise. Throws std::system_error.
std::wstring default_config_file();

// Whether the configuration is where the program itself looks for it.
bool has_default_config(const Plan& plan);

// What the service manager starts: quoted, since for a path with a space Windows would otherwise
// try "C:\Program.exe"; the configuration only if it is not the default.
std::wstring image_path(const Plan& plan);

// The plan that the registered service was made by: its executable, its configuration and its
// account. Nothing if there is no such service. Throws std::system_error.
std::optional<Plan> plan_of_registered();

}  // namespace overlap::installation
