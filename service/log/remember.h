// How the log hands a record to what recent.h promises. Internal to this folder.
#pragma once

#include "service/log/outputs.h"

namespace overlap::log {

// Throws std::bad_alloc.
void remember(const Entry& entry);

}  // namespace overlap::log
