// Where overlapctl shows things and hears keys.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "admin/ctl/table.h"

namespace overlap::ctl {

// One thread.
class Terminal {
 public:
  struct Size {
    std::size_t columns = 80;
    std::size_t rows = 24;
  };

  virtual ~Terminal() = default;

  virtual void out(std::string_view text) = 0;  // standard output, at once
  virtual void err(std::string_view text) = 0;  // standard error
  // Standard output is a terminal that follows the control sequences of ECMA-48.
  virtual bool interactive() const = 0;
  virtual bool colour() const = 0;  // interactive, and NO_COLOR is not in the environment
  virtual Size size() const = 0;    // now: windows change
  // From begin_keys() to end_keys(), which also happens on destruction, keys come one by one,
  // unseen; Ctrl-C is a key too (3).
  virtual void begin_keys() = 0;
  virtual void end_keys() noexcept = 0;
  virtual std::optional<char> key(std::chrono::milliseconds wait) = 0;
  // False if nobody reads standard output any more.
  virtual bool wait(std::chrono::milliseconds duration) = 0;

  // No terminal limits the width of what a program reads.
  Layout layout() const { return {interactive() ? size().columns : 0, colour()}; }
};

// The terminal of the process. One object at a time.
std::unique_ptr<Terminal> make_terminal();

}  // namespace overlap::ctl
