// What the process arranges for itself before it serves, in a console as under the service manager.
#pragma once

#include <string>
#include <vector>

namespace overlap {

// What could not be arranged: the service runs without it, and its log tells.
struct ProcessGaps {
  std::string dumps;                     // a sentence; empty: a crash leaves a dump
  std::vector<std::string> mitigations;  // a sentence each
};

// The folder of the dumps: `crashes` beside the configuration. Absolute, as `config_file` is.
std::wstring crash_folder(const std::string& config_file);

// Crashes leave dumps, mitigations are in force, and the working directory is System32, where the
// service manager starts services: it is never removed, and what would be made there by a name that
// is not absolute is refused instead of being lost. Once, before the first thread.
ProcessGaps arrange_process(const std::string& config_file);

}  // namespace overlap
