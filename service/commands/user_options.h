// The command line of `user`, the same in every program that has it.
#pragma once

#include <CLI/CLI.hpp>

#include "service/commands/user_command.h"

namespace overlap::commands {

// Adds `user` with its verbs below `app`; what is given is put into `command`, which must outlive
// the parsing. Options of `app` may stand behind the verbs too. Returns the command `user`.
CLI::App& add_user_options(CLI::App& app, UserCommand& command);

}  // namespace overlap::commands
