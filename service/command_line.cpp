#include "service/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <utility>

#include "common/version.h"
#include "service/commands/user_options.h"
#include "service/log/wide.h"
#include "service/win/default_config_file.h"

namespace overlap {
namespace {

constexpr char description[] =
    "Serves one folder over HTTP/1.1 on four listeners, each driven by another Windows I/O model.\n"
    "Without --console it must be started by the service manager.";

constexpr char footer[] =
    "Exit status: 0 stopped when asked, 1 configuration or command line, 2 served folder,\n"
    "3 address or port of a listener, 4 management endpoint, 5 log file or journal, 6 anything "
    "else,\n"
    "8 it crashed; of a command also 7: refused, as there is no such user or token, or one is "
    "there already.\n"
    "The service manager shows the same number as the service-specific exit code.";

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

// `overlap-service certificate create`.
class CertificateCommands {
 public:
  CertificateCommands(CLI::App& app, CommandLine& line)
      : certificate_(*app.add_subcommand("certificate", "Make a certificate for TLS")) {
    certificate_.require_subcommand(1)->fallthrough();
    for (const char* other : {"--console", "--check"}) certificate_.excludes(app.get_option(other));
    CLI::App& create = *certificate_.add_subcommand(
        "create", "Make a self-signed certificate and its key, as PEM files");
    create.fallthrough();
    tls::CertificateRequest& request = line.certificate;
    create
        .add_option("--name", request.hosts,
                    "What clients call the server: host names and addresses, with commas between")
        ->type_name("HOST[,HOST...]")
        ->delimiter(',')
        ->required();
    create
        .add_option("--out", request.folder,
                    "Where the files go (default: the folder of the configuration file)")
        ->type_name("FOLDER");
    create.add_option("--days", request.days, "How long the certificate is valid")
        ->type_name("DAYS")
        ->capture_default_str();
    create.add_flag("--force", request.force, "Replace files that are there");
  }

  bool given() const { return certificate_.parsed(); }

 private:
  CLI::App& certificate_;
};

std::string folder_of(const std::string& file) {
  return win::to_utf8(std::filesystem::path(win::to_wide(file)).parent_path().native());
}

// What follows from the options once all are known.
void complete(CommandLine& line) {
  if (line.config_file.empty()) line.config_file = win::default_config_file();
  make_absolute(line.config_file, line, "--config");
  make_absolute(line.final_snapshot_file, line, "--final-snapshot");
  if (line.certificate.folder.empty()) line.certificate.folder = folder_of(line.config_file);
  make_absolute(line.certificate.folder, line, "--out");
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CLI::App app;  // for what the shell gave in UTF-16, which argv has lost
  char** arguments = app.ensure_utf8(argv);
  return parse_arguments({arguments + 1, arguments + argc});
}

CommandLine parse_arguments(std::vector<std::string> arguments) {
  CommandLine line;
  CLI::App app(description, "overlap-service.exe");
  app.footer(footer);
  app.allow_windows_style_options(false);  // "/photos=read" is a rule
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
  app.set_version_flag("--version", std::string("overlap-service ") + program_version,
                       "Print the version");
  app.get_option("--check")->excludes("--console");
  CLI::App& user = commands::add_user_options(app, line.user);
  for (const char* other : {"--console", "--check"}) user.excludes(app.get_option(other));
  const CertificateCommands certificate(app, line);
  try {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    app.parse(std::move(arguments));
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
  if (user.parsed()) line.mode = CommandLine::Mode::user;
  if (certificate.given()) line.mode = CommandLine::Mode::certificate;
  complete(line);
  return line;
}

}  // namespace overlap
