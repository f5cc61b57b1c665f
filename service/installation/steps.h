// An installation that is made whole or not at all: steps, each of which can be taken back.
#pragma once

#include <memory>
#include <vector>

#include "service/installation/plan.h"

namespace overlap::installation {

class Step {
 public:
  virtual ~Step() = default;
  // Makes or mends its part of the installation. What cannot be set and is not essential is a
  // warning; else it throws.
  virtual void make(const Report& report) = 0;
  // Puts back what make() of this object has changed, also if that has thrown half-way. Throws what
  // could not be put back.
  virtual void undo() = 0;
};
using Steps = std::vector<std::unique_ptr<Step>>;

// Makes all of them in their order. If one throws, it and those before it are undone in reverse,
// what cannot be undone is a warning, and the exception goes on.
void carry_out(const Steps& steps, const Report& report);

}  // namespace overlap::installation
