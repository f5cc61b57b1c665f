// The service as the service manager runs it. Source: Microsoft, "Service Functions".
#pragma once

#include <chrono>

#include "service/installation/plan.h"

namespace overlap::ctl {

using installation::Report;

// Both throw std::system_error, and Failure: `not_found` if the service is not installed, `failed`,
// `timeout`.

// Until it runs; harmless if it does.
void start(std::chrono::seconds timeout, const Report& report);
// Until it has stopped; harmless if it has.
void stop(std::chrono::seconds timeout, const Report& report);

}  // namespace overlap::ctl
