// What may go wrong, or merely go otherwise, in a simulated run. Probabilities are in thousandths
// for each operation; the default is a world in which everything succeeds at once, inside wait().
#pragma once

#include <chrono>
#include <cstddef>

#include "common/time.h"

namespace overlap::sim {

struct Faults {
  unsigned immediate = 0;  // complete before the start call returns, as Windows may
  unsigned refused = 0;    // the start call fails: the operation never reaches the "kernel"
  unsigned failed = 0;  // end with an error after the delay, possibly with part of the bytes done
  unsigned reset = 0;   // break the connection under a receive, send or send_file
  unsigned shortened = 0;  // transfer less than was asked for and succeed
  unsigned delayed = 0;    // stay pending for up to delay_max; this is how file reads truly pend
  Instant delay_max = std::chrono::milliseconds(50);
  unsigned cancel_loses = 0;  // a cancel comes too late if the operation could complete
  unsigned accept_lost = 0;   // the peer is gone before its accept completes: the accept fails

  // A mixture in which every fault is likely enough to meet every state of a connection.
  static constexpr Faults rough() noexcept {
    Faults faults;
    faults.immediate = 300;
    faults.refused = 5;
    faults.failed = 10;
    faults.reset = 8;
    faults.shortened = 250;
    faults.delayed = 500;
    faults.cancel_loses = 400;
    faults.accept_lost = 30;
    return faults;
  }
  // Order, timing and partial transfers vary, but nothing fails.
  static constexpr Faults restless() noexcept {
    Faults faults;
    faults.immediate = 300;
    faults.shortened = 250;
    faults.delayed = 500;
    faults.cancel_loses = 400;
    return faults;
  }
};

}  // namespace overlap::sim
