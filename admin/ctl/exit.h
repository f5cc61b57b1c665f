// How overlapctl ends. The numbers are a promise to scripts; one number means the same in
// overlap-service.exe (scm::ExitCode, commands::Exit), which has 2 to 5 for starts that fail.
#pragma once

#include <cstdint>

namespace overlap::ctl {

enum class Exit : std::uint8_t {
  done = 0,
  not_valid = 1,  // the command line, the configuration or a value of a request
  failed = 6,     // anything else
  refused = 7,    // not in this state, or not without a restart; nothing was changed
  no_answer = 8,  // nothing answers at the address, or it cannot be trusted
  denied = 9,     // the token, or the rights of who runs the program, do not suffice
  not_found = 10,
  busy = 11,     // not begun: to be tried again later
  timeout = 12,  // begun, but not completed in the time that was given
};

}  // namespace overlap::ctl
