// `overlapctl install` and `uninstall`.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "admin/ctl/win_service.h"

namespace overlap::ctl {

// As the command line has them, in UTF-8.
struct InstallOptions {
  std::string executable;  // empty: overlap-service.exe beside overlapctl.exe
  std::string account;     // empty: as it is installed, or its own
  std::string root;
  std::uint16_t first_port = installation::default_first_port;
  bool firewall = false;
  bool start = false;
  std::string log;  // empty: none

  void add_to(CLI::App& command);
};

struct UninstallOptions {
  bool remove_data = false;
  std::string log;

  void add_to(CLI::App& command);
};

// `config_file` is empty for the default. Both throw Failure and std::system_error.
void install(const InstallOptions& options, const std::string& config_file,
             std::chrono::seconds timeout, const Report& report);
// Stops the service first; if it does not stop in time, nothing is removed.
void uninstall(const UninstallOptions& options, std::chrono::seconds timeout, const Report& report);

}  // namespace overlap::ctl
