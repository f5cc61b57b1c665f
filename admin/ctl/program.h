// overlapctl without the process around it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "admin/ctl/arguments.h"
#include "admin/ctl/client.h"
#include "admin/ctl/doctor/machine.h"
#include "admin/ctl/endpoint.h"
#include "admin/ctl/exit.h"
#include "admin/ctl/terminal.h"

namespace overlap::ctl {

struct Program {
  Terminal& terminal;
  Surroundings surroundings;
  LocalCommands* local = nullptr;      // null: this system has none
  doctor::Machine* machine = nullptr;  // null: this system has no service to be examined
  std::function<std::unique_ptr<ApiClient>(const Endpoint&)> connect;
  std::function<std::int64_t()> now_unix_ms;
};

// Words are in UTF-8, without the name of the program. What goes wrong is said on standard error.
Exit run_program(std::vector<std::string> words, const Program& program);

}  // namespace overlap::ctl
