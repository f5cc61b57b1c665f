// What tells one configuration from another, and what of it a running service can take over.
#pragma once

#include <string>
#include <vector>

#include "common/config/config.h"

namespace overlap::config {

// The keys whose values differ, in the order of the file: "limits.chunk_bytes". A listener is known
// by its name: "listener.NAME.port", or "listener.NAME" if only one of the two has it. The order of
// the listeners is no difference.
std::vector<std::string> changed_keys(const Config& before, const Config& after);

// Those of the changed keys that a running service cannot take over: they need a restart.
std::vector<std::string> restart_keys(const Config& before, const Config& after);

}  // namespace overlap::config
