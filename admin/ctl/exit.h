// How overlapctl ends. The numbers are a promise to scripts; one number means the same in
// overlap-service.exe (scm::ExitCode, commands::Exit), which has 2 to 5 for starts that fail.
#pragma once

#include <cstdint>
#include <string_view>

namespace overlap::ctl {

enum class Exit : std::uint8_t {
  done = 0,
  not_valid = 1,  // the command line, the configuration or a value of a request
  failed = 6,     // anything else
  refused = 7,    // not in this state, or not without a restart; nothing was changed
  no_answer = 8,  // nothing answers at the address, or it cannot be trusted
  denied = 9,     // the token, or the rights of who runs the program, do not suffice
  not_found = 10,
  busy = 11,       // not begun: to be tried again later
  timeout = 12,    // begun, but not completed in the time that was given
  doubtful = 13,   // doctor: warnings alone
  unhealthy = 14,  // doctor: something is wrong
};

// Why overlap-service.exe could not start, from the exit code of its own that it has given the
// service manager. A clause.
constexpr std::string_view meaning_of_failed_start(std::uint32_t code) noexcept {
  switch (code) {
    case 1: return "its configuration is not valid (overlapctl config check)";
    case 2: return "the served folder cannot be used";
    case 3: return "a listener cannot have its address and port";
    case 4: return "the management endpoint cannot have its address and port, or its token";
    case 5: return "its log file or its journal cannot be written";
    default: return "see the Event Log";
  }
}

}  // namespace overlap::ctl
