// What overlapctl needs of the operating system, once for each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "admin/ctl/arguments.h"
#include "admin/ctl/doctor/machine.h"
#include "admin/ctl/endpoint.h"
#include "admin/ctl/terminal.h"

namespace overlap::ctl {

// To be called first in main: safety of the process, and the console in UTF-8.
void prepare_process();
// The command line in UTF-8, without the name of the program.
std::vector<std::string> words_of(int argc, char** argv);
Surroundings make_surroundings();
// Null where the system has no commands of its own. `terminal` must outlive it.
std::unique_ptr<LocalCommands> make_local_commands(Terminal& terminal);

// Null where there is no service to be examined.
std::unique_ptr<doctor::Machine> make_machine();

}  // namespace overlap::ctl
