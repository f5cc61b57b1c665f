#include "service/installation/steps.h"

#include <exception>

namespace overlap::installation {

void carry_out(const Steps& steps, const Report& report) {
  std::size_t begun = 0;
  try {
    while (begun < steps.size()) steps[begun++]->make(report);
  } catch (...) {
    while (begun-- > 0) {
      try {
        steps[begun]->undo();
      } catch (const std::exception& error) {
        report.warn(std::string("This could not be put back: ") + error.what() + ".");
      }
    }
    throw;
  }
}

}  // namespace overlap::installation
