// What the endpoint knows of the service.
#pragma once

#include "common/management/commands.h"
#include "common/management/journal.h"
#include "common/management/source.h"

namespace overlap::admin {

// All of it must outlive the endpoint.
struct Management {
  const management::Source& source;
  management::Commands& commands;
  const management::Journal& journal;
};

}  // namespace overlap::admin
