// Why the process could not start: one sentence for the operator and the code that it ends with.
#pragma once

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>

namespace overlap::scm {

// The exit status in console mode, and the service-specific exit code that the service manager
// shows. The numbers are a promise to scripts.
enum class ExitCode : std::uint32_t {
  ok = 0,
  config = 1,    // command line or configuration
  root = 2,      // the served folder
  listener = 3,  // an address or port cannot be listened on
  admin = 4,     // the management endpoint
  log = 5,       // the log file or the journal
  internal = 6,  // anything else
};

// What an exception says, with one full stop at its end.
inline std::string sentence(const std::exception& error) {
  std::string text = error.what();
  while (text.ends_with('.') || text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text + '.';
}

// Thrown while starting. what() continues "Overlap could not start:", names the object and ends in
// a full stop.
class StartError : public std::runtime_error {
 public:
  StartError(ExitCode code, const std::string& sentence)
      : std::runtime_error(sentence), code_(code) {}
  ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

}  // namespace overlap::scm
