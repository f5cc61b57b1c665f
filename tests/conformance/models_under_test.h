// Every model that this system can run, and the names that the cases carry.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/conformance/world_sim.h"
#ifdef _WIN32
#include "tests/conformance/world_windows.h"
#endif

namespace overlap::conformance {

#ifdef _WIN32
template <class List>
struct WithSim;
template <class... Models>
struct WithSim<io::ModelList<Models...>> {
  using Type = testing::Types<Models..., sim::SimModel, sim::SimSlotModel>;
};
using Models = WithSim<io::Models>::Type;
#else
using Models = testing::Types<sim::SimModel, sim::SimSlotModel>;
#endif

struct ModelNames {
  template <class M>
  static std::string GetName(int) {
    return std::string(M::name);
  }
};

}  // namespace overlap::conformance
