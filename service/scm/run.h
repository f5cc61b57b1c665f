// Two ways to run a hosted thing: under the service manager and in a console. Both return the exit
// status of the process, after everything of the hosted thing is gone.
#pragma once

#include <string>

#include "service/scm/hosted.h"
#include "service/scm/start_error.h"

namespace overlap::scm {

// Thrown by run_as_service when the process was not started by the service manager.
class NotAService : public std::runtime_error {
 public:
  NotAService() : std::runtime_error("the process was not started by the service manager") {}
};

// Returns after SERVICE_STOPPED was reported. One call in a process. Throws NotAService, and
// std::system_error if the service manager refuses otherwise.
ExitCode run_as_service(const std::wstring& name, Factory factory);

// Runs until Ctrl-C, Ctrl-Break, the console window closes or the user logs off; with
// `until_stdin_closes` also until standard input ends, which is how a script without a console
// (Wine under a Unix shell, a pipe from a parent process) stops it gracefully.
ExitCode run_in_console(const Factory& factory, bool until_stdin_closes);

}  // namespace overlap::scm
