// `overlapctl doctor`: runs the checks one after the other and shows what they have found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "admin/ctl/doctor/machine.h"
#include "admin/ctl/exit.h"
#include "admin/ctl/table.h"

namespace overlap::ctl {
struct Arguments;
struct Program;
}  // namespace overlap::ctl

namespace overlap::ctl::doctor {

// Exit::done if nothing is wrong, whatever was skipped; Exit::doubtful if there are warnings;
// Exit::unhealthy if a check has failed. Throws Failure if there is no machine to be examined.
Exit examine(const Arguments& arguments, const Program& program);

// What is printed of the results.
std::string report_text(const System& system, const std::vector<Result>& results,
                        const Layout& layout);
std::string report_json(const System& system, const std::vector<Result>& results,
                        std::int64_t now_unix_ms);

}  // namespace overlap::ctl::doctor
