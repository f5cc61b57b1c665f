// overlap-service.exe: under the service manager, or in a console.
#include <windows.h>

#include <chrono>
#include <cstdio>
#include <exception>

#include "service/command_line.h"
#include "service/commands/new_password.h"
#include "service/config_file.h"
#include "service/crash/crash.h"
#include "service/hosted_server.h"
#include "service/process.h"
#include "service/scm/run.h"
#include "service/win/service_identity.h"

namespace {

using overlap::CommandLine;
using overlap::scm::ExitCode;

ExitCode check(const CommandLine& line) {
  try {
    overlap::load_config(line.config_file);
    std::printf("%s is valid.\n", line.config_file.c_str());
    return ExitCode::ok;
  } catch (const overlap::scm::StartError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return error.code();
  }
}

int change_users(const CommandLine& line) {
  using overlap::commands::Dialogue;
  const auto say = [](std::FILE* where) {
    return [where](std::string_view text) {
      std::fprintf(where, "%.*s\n", static_cast<int>(text.size()), text.data());
    };
  };
  std::string file;
  try {
    file = overlap::load_config(line.config_file).access.users_file;
  } catch (const overlap::scm::StartError& error) {
    say(stderr)(error.what());
    return static_cast<int>(error.code());
  }
  if (file.empty()) {
    say(stderr)("The configuration " + line.config_file +
                " names no file of users. Add to its section [access]: users_file = 'users.toml'");
    return static_cast<int>(ExitCode::config);
  }
  const Dialogue dialogue{say(stdout), say(stderr),
                          [&] {
                            return overlap::commands::read_new_password(line.user.name,
                                                                        line.user.password_stdin);
                          },
                          std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())};
  return static_cast<int>(
      overlap::commands::run(line.user, overlap::access::UsersFile(file), dialogue));
}

// A wrong command line goes to the service manager too, if it was the one that gave it.
ExitCode serve(const CommandLine& line, const overlap::scm::Factory& factory) {
  try {
    return overlap::scm::run_as_service(overlap::win::service_name, factory);
  } catch (const overlap::scm::NotAService&) {
    std::fprintf(stderr, "%s\n",
                 line.problem.empty()
                     ? "overlap-service.exe was not started by the service manager. Use --console "
                       "to run it here, or --help."
                     : line.problem.c_str());
    return ExitCode::config;
  }
}

ExitCode host(const CommandLine& line) {
  const overlap::ProcessGaps gaps = overlap::arrange_process(line.config_file);
  const auto factory = [&] { return std::make_unique<overlap::HostedServer>(line, gaps); };
  if (line.mode == CommandLine::Mode::console)
    return overlap::scm::run_in_console(factory, line.until_stdin_closes);
  return serve(line, factory);
}

int run(int argc, char** argv) {
  const auto status = [](ExitCode code) { return static_cast<int>(code); };
  const CommandLine line = overlap::parse_command_line(argc, argv);
  switch (line.mode) {
    case CommandLine::Mode::exit: return status(ExitCode::ok);
    case CommandLine::Mode::check: return status(check(line));
    case CommandLine::Mode::user: return change_users(line);
    case CommandLine::Mode::certificate: return overlap::tls::create_certificate(line.certificate);
    case CommandLine::Mode::service:
    case CommandLine::Mode::console: return status(host(line));
  }
  return status(ExitCode::internal);
}

}  // namespace

int main(int argc, char** argv) {
  // Before anything can load a library by name: only from System32, never from the folder of the
  // executable or the working directory.
  SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
  overlap::crash::stay_silent();
  SetConsoleOutputCP(CP_UTF8);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "overlap-service.exe has failed: %s.\n", error.what());
    return static_cast<int>(ExitCode::internal);
  }
}
