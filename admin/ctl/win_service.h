// The service as the service manager knows it. Source: Microsoft, "Service Functions".
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace overlap::ctl {

struct Installation {
  std::wstring executable;   // absolute
  std::wstring config_file;  // absolute; empty: the program's default
  std::wstring account;      // "NT AUTHORITY\\LocalService"; empty: LocalSystem
};

// A line about something that was done, and one about something that was not possible.
struct Report {
  std::function<void(const std::string&)> note;
  std::function<void(const std::string&)> warn;
};

// All throw Failure: `denied` without the rights of an administrator, `not_found` if the service is
// not installed, `failed`, `timeout`.

// Installs the service, or gives one that is there all its settings again. What cannot be set and
// is not essential is a warning. If it fails, what it has made is removed again.
void install(const Installation& installation, const Report& report);
// Stops and deletes the service. Its files stay. Harmless if it is not installed.
void uninstall(std::chrono::seconds timeout, const Report& report);
// Until it runs; harmless if it does.
void start(std::chrono::seconds timeout, const Report& report);
// Until it has stopped; harmless if it has.
void stop(std::chrono::seconds timeout, const Report& report);

}  // namespace overlap::ctl
