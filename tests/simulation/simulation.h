// One simulated run: a server of real connections and sessions over the fake model and a store in
// memory, many clients, faults everywhere. A seed gives one run.
#pragma once

#include <cstdint>

#include "tests/simulation/report.h"

namespace overlap::simulation {

Report simulate(std::uint64_t seed);

}  // namespace overlap::simulation
