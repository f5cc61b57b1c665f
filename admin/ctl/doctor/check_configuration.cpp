// The configuration, and whether the times that the machine has written are of the past.
#include <algorithm>

#include "admin/ctl/doctor/check.h"
#include "admin/ctl/units.h"

namespace overlap::ctl::doctor {

std::vector<Result> check_configuration(const Case& of) {
  Result result{"configuration", "configuration", State::ok, {}, {}};
  if (of.config) {
    result.found = of.config_file + " is valid.";
    const config::Access& access = of.config->access;
    if (!access.anonymous_read && !access.anonymous_write && access.users_file.empty() &&
        of.config->tls.client_ca_file.empty()) {
      result.state = State::warning;
      result.found +=
          " Nobody may do anything: it allows nothing without a name (access."
          "anonymous_read) and names no file of users (access.users_file).";
      result.mend = {edit_config(of)};
    }
  } else if (!of.machine.exists(of.config_file)) {
    result.state = State::failed;
    result.found = "There is no file " + of.config_file + ".";
    result.mend = {install_command(of)};
  } else if (!of.system.elevated && of.config_problem.find("cannot be read") != std::string::npos) {
    throw NotAllowed("the configuration " + of.config_file + " cannot be read");
  } else {
    result.state = State::failed;
    result.found = of.config_problem;
    result.mend = {edit_config(of), "overlapctl config check " + in_quotes(of.config_file)};
  }
  return {std::move(result)};
}

// Expiry of uploads, the journal and certificates go by the clock. Nothing here knows the right
// time; but what was written in the future was written before the clock was set back.
std::vector<Result> check_clock(const Case& of) {
  constexpr std::int64_t tolerance_ms = 60'000;
  std::vector<std::string> files{of.config_file};
  if (of.config) {
    for (const std::string& file :
         {of.config->admin.token_file, of.config->journal.file, of.config->log.file})
      if (!file.empty()) files.push_back(file);
  }
  Result result{"clock", "clock", State::ok, {}, {}};
  for (const std::string& file : files) {
    const auto changed = of.machine.changed_unix_ms(file);
    if (!changed || *changed <= of.now_unix_ms + tolerance_ms) continue;
    result.state = State::warning;
    result.found = file + " was changed " +
                   show_seconds(static_cast<double>(*changed - of.now_unix_ms) / 1000) +
                   " from now: the clock is wrong, or was then.";
    result.mend = {"w32tm /resync"};
    return {std::move(result)};
  }
  result.found = "It is " + show_time(format_moment(of.now_unix_ms)) +
                 " UTC, and nothing that the service keeps is newer.";
  return {std::move(result)};
}

}  // namespace overlap::ctl::doctor
