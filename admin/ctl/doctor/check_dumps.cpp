#include "admin/ctl/doctor/check.h"
#include "admin/ctl/units.h"

namespace overlap::ctl::doctor {

std::vector<Result> check_dumps(const Case& of) {
  const std::string folder = crash_folder(of);
  Result result{"dumps", "crash dumps", State::ok, {}, {}};
  const Dumps dumps = of.machine.exists(folder) ? of.machine.dumps(folder) : Dumps{};
  if (dumps.count == 0) {
    result.found = "There is none in " + folder + ".";
    return {std::move(result)};
  }
  result.state = State::warning;
  result.found = std::to_string(dumps.count) + " in " + folder + ", the newest of " +
                 show_time(format_moment(dumps.newest_unix_ms)) +
                 " UTC: the service has crashed. Please report it, then delete them.";
  result.mend = {"del " + in_quotes(folder + "\\*.dmp")};
  return {std::move(result)};
}

}  // namespace overlap::ctl::doctor
