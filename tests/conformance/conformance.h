// The fixture of every conformance case.
#pragma once

#include "tests/conformance/bench.h"

namespace overlap::conformance {

template <class M>
class Conformance : public testing::Test, public Bench<M> {};

}  // namespace overlap::conformance
