// How a command gives up.
#pragma once

#include <stdexcept>
#include <string>

#include "admin/ctl/exit.h"

namespace overlap::ctl {

// what() is for standard error: one or more sentences, one a line; printable already.
class Failure : public std::runtime_error {
 public:
  Failure(Exit code, const std::string& sentences) : std::runtime_error(sentences), code_(code) {}
  Exit code() const noexcept { return code_; }

 private:
  Exit code_;
};

}  // namespace overlap::ctl
