// The commands that ask the service.
#pragma once

#include <cstdint>
#include <functional>

#include "admin/ctl/api.h"
#include "admin/ctl/arguments.h"
#include "admin/ctl/terminal.h"

namespace overlap::ctl {

struct Context {
  const Arguments& arguments;
  Api& api;
  Terminal& terminal;
  std::function<std::int64_t()> now_unix_ms;
};

// Throws Failure and NoAnswer.
Exit run_command(const Context& context);

// By what a verb does; run_command() calls them.
Exit run_reading(const Context& context);  // one answer, shown once
Exit run_listing(const Context& context);  // pages of connections, transfers and uploads
Exit run_events(const Context& context);
Exit run_follow_transfers(const Context& context);
Exit run_change(const Context& context);

}  // namespace overlap::ctl
