// Findings that an operator must hear of, though nobody asks the endpoint: events of the log.
#pragma once

#include <vector>

#include "common/findings/finding.h"
#include "common/findings/moment.h"

namespace overlap::management {

// Not thread-safe: for the thread that judges.
class FindingEvents {
 public:
  // The findings of one moment after the other. Each is told once while it stands, and once more if
  // it becomes more severe.
  void observe(const findings::Moment& moment, const std::vector<findings::Finding>& now) noexcept;

 private:
  std::vector<findings::Finding> told_;  // those of the moment before
};

}  // namespace overlap::management
