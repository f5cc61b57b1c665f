// overlapctl: looks at and directs the service through its management API.
#include <chrono>
#include <cstdio>
#include <exception>

#include "admin/ctl/http_client.h"
#include "admin/ctl/platform.h"
#include "admin/ctl/program.h"

int main(int argc, char** argv) {
  using namespace overlap::ctl;
  try {
    prepare_process();
    const auto terminal = make_terminal();
    const auto local = make_local_commands(*terminal);
    const auto machine = make_machine();
    const auto now_unix_ms = [] {
      using namespace std::chrono;
      return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    };
    return static_cast<int>(run_program(
        words_of(argc, argv),
        {*terminal, make_surroundings(), local.get(), machine.get(), &connect, now_unix_ms}));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "overlapctl has failed: %s.\n", error.what());
    return static_cast<int>(Exit::failed);
  }
}
