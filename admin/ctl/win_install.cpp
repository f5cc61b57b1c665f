#include "admin/ctl/win_install.h"

#include <windows.h>

#include <filesystem>

#include "admin/ctl/failure.h"
#include "admin/ctl/text.h"
#include "service/installation/install.h"
#include "service/installation/service_handle.h"
#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap::ctl {
namespace {

// Without . and .., and without a backslash at its end.
std::wstring absolute(const std::string& path) {
  std::filesystem::path whole =
      std::filesystem::absolute(std::filesystem::path(win::to_wide(path))).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();
  return whole.make_preferred().native();
}

// Where overlap-service.exe is if nobody says otherwise: beside this program.
std::wstring neighbour(const wchar_t* name) {
  std::wstring path(32'768, L'\0');
  path.resize(GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return (std::filesystem::path(path).parent_path() / name).native();
}

installation::Plan plan_of(const InstallOptions& options, const std::string& config_file) {
  installation::Plan plan;
  plan.executable =
      options.executable.empty() ? neighbour(L"overlap-service.exe") : absolute(options.executable);
  const DWORD attributes = GetFileAttributesW(plan.executable.c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES || (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0)
    throw Failure(Exit::not_found, "There is no " + printable(win::to_utf8(plan.executable)) +
                                       ". Say with --executable where overlap-service.exe is.");
  if (!config_file.empty()) plan.config_file = absolute(config_file);
  plan.account = win::to_wide(options.account);
  installation::complete(plan, installation::plan_of_registered());
  if (!options.root.empty()) plan.root = absolute(options.root);
  plan.first_port = options.first_port;
  plan.firewall = options.firewall;
  return plan;
}

// SERVICE_STOPPED and so on; 0 if the service is not installed.
DWORD state_of_service() {
  const installation::ServiceHandle service = installation::find_service(
      installation::open_manager(SC_MANAGER_CONNECT), SERVICE_QUERY_STATUS);
  SERVICE_STATUS status{};
  if (service && !QueryServiceStatus(service.get(), &status))
    win::throw_error(GetLastError(), "cannot ask for the state of the service");
  return status.dwCurrentState;
}

void add_log(CLI::App& command, std::string& log) {
  command
      .add_option("--log", log,
                  "Also append what is said to this file, in a folder that only administrators may "
                  "write to")
      ->type_name("FILE");
}

}  // namespace

void InstallOptions::add_to(CLI::App& command) {
  command
      .add_option("--executable", executable,
                  "overlap-service.exe (default: the one beside overlapctl.exe)")
      ->type_name("FILE");
  command
      .add_option(
          "--account", account,
          "The account that it runs under: its own, 'NT SERVICE\\Overlap', LocalSystem, 'NT "
          "AUTHORITY\\LocalService', or a managed one of a domain (DOMAIN\\name$); default: "
          "the one that it has, at first its own")
      ->type_name("ACCOUNT");
  command
      .add_option("--root", root,
                  "The served folder of a new configuration (default: Files beside it)")
      ->type_name("FOLDER");
  command
      .add_option("--first-port", first_port,
                  "Of a new configuration: the management endpoint; the listeners take the next "
                  "four ports")
      ->type_name("PORT")
      ->check(CLI::Range(1, int{installation::first_port_max}))
      ->capture_default_str();
  command.add_flag("--firewall", firewall,
                   "Let clients on other machines reach the listeners (domain and private "
                   "networks)");
  command.add_flag("--start", start, "Start the service when it is installed");
  add_log(command, log);
}

void UninstallOptions::add_to(CLI::App& command) {
  command.add_flag("--remove-data", remove_data,
                   "Also delete %ProgramData%\\Overlap: configuration, users, journal, and the "
                   "served folder if it is there");
  add_log(command, log);
}

void install(const InstallOptions& options, const std::string& config_file,
             std::chrono::seconds timeout, const Report& report) {
  try {
    installation::install(plan_of(options, config_file), report);
  } catch (const installation::Refusal& refusal) {
    throw Failure(Exit::refused, printable(refusal.what()));
  }
  const bool runs = state_of_service() != SERVICE_STOPPED;
  if (runs) report.note("The service runs; changed settings take effect at its next start.");
  if (options.start && !runs) start(timeout, report);
  if (!options.start && !runs) report.note("Start the service: overlapctl start");
}

void uninstall(const UninstallOptions& options, std::chrono::seconds timeout,
               const Report& report) {
  if (state_of_service() != 0) stop(timeout, report);
  installation::uninstall({.data = options.remove_data}, report);
}

}  // namespace overlap::ctl
