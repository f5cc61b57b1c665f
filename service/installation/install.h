// The installation as a whole: made or mended, and removed. Needs the rights of an administrator.
#pragma once

#include "service/installation/plan.h"

namespace overlap::installation {

// Makes everything that is missing and mends what is otherwise than it should be; never changes a
// configuration file that is there. What is not essential and cannot be set is a warning. If it
// throws, all that it has made or changed is as before. Throws std::system_error whose text names
// the object, and Refusal.
void install(const Plan& plan, const Report& report);

struct Removal {
  bool data = false;  // with %ProgramData%\Overlap; never with a served folder that lies elsewhere
};
// The service must have stopped. Harmless for what is not there. Throws as `install`, when it has
// removed all that it could.
void uninstall(const Removal& removal, const Report& report);

}  // namespace overlap::installation
