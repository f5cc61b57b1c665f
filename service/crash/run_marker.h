// The file that is there while the service runs: who finds it at the next start knows that the run
// before did not come to its end. It lies beside the configuration and has its name, with the
// extension .running.
#pragma once

#include <windows.h>

#include <optional>
#include <stdexcept>
#include <string>

#include "service/crash/run_text.h"
#include "service/win/handle.h"

namespace overlap::crash {

// Another process of this program runs with the same configuration. what() is a sentence.
class AlreadyRunning : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Held by one thread. While it lives no other process gets a marker of the same configuration:
// the file is open, and shared with readers only. After a crash the system closes it.
class RunMarker {
 public:
  // `config_file` is absolute. Throws AlreadyRunning, and std::system_error that names the file if
  // it cannot be made, or if a program that is none of ours (a backup, a scanner) holds it.
  explicit RunMarker(const std::wstring& config_file);
  // The end of the run: the file is removed. If begin() was not called, what was found stays.
  ~RunMarker();
  RunMarker(const RunMarker&) = delete;
  RunMarker& operator=(const RunMarker&) = delete;

  // The run before, if it left its marker.
  const std::optional<RunRecord>& last() const noexcept { return last_; }

  // Says in the file that this process runs; crashes are noted into it from now on. Throws
  // std::system_error.
  void begin(const std::string& version);

 private:
  const std::wstring file_;
  win::FileHandle handle_;
  std::optional<RunRecord> last_;
  bool begun_ = false;
};

}  // namespace overlap::crash
