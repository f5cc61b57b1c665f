#include "service/command_line.h"

#include <windows.h>

#include <shlobj.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap {
namespace {

constexpr char description[] =
    "Serves one folder over HTTP/1.1 on four listeners, each driven by another Windows I/O model.\n"
    "Without --console it must be started by the service manager.";

constexpr char footer[] =
    "Exit status: 0 stopped when asked, 1 configuration or command line, 2 served folder,\n"
    "3 address or port of a listener, 4 admin endpoint, 5 log file, 6 anything else.\n"
    "The service manager shows the same number as the service-specific exit code.";

// Not from the environment, which a caller could have changed.
std::string default_config_file() {
  wchar_t* folder = nullptr;
  const HRESULT result = SHGetKnownFolderPath(FOLDERID_ProgramData, 0, nullptr, &folder);
  const std::unique_ptr<wchar_t, decltype(&CoTaskMemFree)> owner(folder, &CoTaskMemFree);
  if (FAILED(result)) win::throw_error(static_cast<DWORD>(result), "SHGetKnownFolderPath");
  return win::to_utf8(folder) + "\\Overlap\\overlap.toml";
}

// A person at a prompt may name a file from where they stand; a service stands in System32.
void make_absolute(std::string& file, CommandLine& line, const char* option) {
  if (file.empty()) return;
  const std::filesystem::path path(win::to_wide(file));
  if (line.mode == CommandLine::Mode::service && !path.is_absolute() && line.problem.empty())
    line.problem = std::string(option) + " " + file +
                   " is not an absolute path, and a service has no folder to start from.";
  else
    file = win::to_utf8(std::filesystem::absolute(path).native());
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  CLI::App app(description, "overlap-service.exe");
  app.footer(footer);
  bool console = false;
  bool check = false;
  app.add_flag("--console", console, "Run as a program of the console until Ctrl-C");
  app.add_flag("--check", check, "Validate the configuration and exit");
  app.add_option("--config", line.config_file,
                 "The configuration file (default: %ProgramData%\\Overlap\\overlap.toml)")
      ->type_name("FILE");
  app.add_flag("--until-stdin-closes", line.until_stdin_closes,
               "Stop gracefully when standard input ends: for scripts")
      ->needs("--console");
  app.add_option("--final-snapshot", line.final_snapshot_file,
                 "After the stop, write what /api/v1/models would answer to this file")
      ->type_name("FILE")
      ->needs("--console");
  app.set_version_flag("--version", "overlap-service " OVERLAP_VERSION, "Print the version");
  app.get_option("--check")->excludes("--console");
  try {
    app.parse(argc, app.ensure_utf8(argv));
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version);
    line.mode = CommandLine::Mode::exit;
    return line;
  } catch (const CLI::ParseError& error) {
    line.problem = std::string("the command line is not understood: ") + error.what() +
                   "; see overlap-service.exe --help.";
    return line;
  }
  if (console) line.mode = CommandLine::Mode::console;
  if (check) line.mode = CommandLine::Mode::check;
  if (line.config_file.empty()) line.config_file = default_config_file();
  make_absolute(line.config_file, line, "--config");
  make_absolute(line.final_snapshot_file, line, "--final-snapshot");
  return line;
}

}  // namespace overlap
