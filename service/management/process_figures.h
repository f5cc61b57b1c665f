// What the service costs the machine.
#pragma once

#include <cstdint>

namespace overlap::management {

struct ProcessFigures {
  std::uint64_t memory_bytes = 0;  // private: what only this process uses
  std::uint32_t handles = 0;
  std::uint32_t threads = 0;
  double cpu_seconds = 0;  // user and kernel, since the start
};

// Any thread. A figure that Windows does not tell is 0.
ProcessFigures process_figures() noexcept;

}  // namespace overlap::management
