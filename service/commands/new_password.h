// A new password from whoever runs a command.
#pragma once

#include <string>

namespace overlap::commands {

// From a console asked for twice, without an echo; with `from_stdin` the first line of standard
// input. Throws NotValid with a sentence if the two differ, if it is not acceptable
// (check_new_password), or if there is no console to ask.
std::string read_new_password(const std::string& user, bool from_stdin);

}  // namespace overlap::commands
