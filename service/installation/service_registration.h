// The service as the service manager knows it. Source: Microsoft, "Service Functions".
#pragma once

#include <memory>

#include "service/installation/steps.h"

namespace overlap::installation {

// Makes the service, or gives one that is there its settings again. Of these, what the system does
// not take is a warning but for what makes it a service: its image path, account, start.
std::unique_ptr<Step> make_service_step(const Plan& plan);

// Deletes it. False if there was none. The service manager forgets it when its process has ended
// and the last handle is closed. Throws std::system_error.
bool delete_service();

}  // namespace overlap::installation
