#include "service/installation/mending.h"

#include "service/log/wide.h"

namespace overlap::installation {
namespace {

std::string quoted(const std::wstring& text) { return "\"" + win::to_utf8(text) + "\""; }

}  // namespace

std::string install_command(const Plan& plan) {
  std::string command = "overlapctl install";
  if (!plan.executable.empty()) command += " --executable " + quoted(plan.executable);
  if (!has_default_config(plan)) command += " --config " + quoted(plan.config_file);
  // Always: an installation that is repaired keeps the account that it has.
  command += " --account " + quoted(plan.account);
  if (plan.firewall) command += " --firewall";
  return command;
}

std::string grant_command(const std::wstring& folder) {
  return "icacls " + quoted(folder) + " /grant \"*" + win::to_utf8(win::service_sid()) +
         ":(OI)(CI)M\"";
}

std::string own_command(const std::wstring& path) {
  // Entries of the former owner outlive his ownership.
  const std::string icacls = "icacls " + quoted(path);
  return icacls + " /setowner *S-1-5-32-544 /T && " + icacls + " /reset /T";
}

}  // namespace overlap::installation
