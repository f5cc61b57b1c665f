// What a session says of itself while it plays a script: whether it is true.
#pragma once

#include <string>
#include <vector>

#include "common/transfer/activity.h"
#include "common/transfer/session.h"

namespace overlap::test {

// Looks at every action of one session.
class ActivityWatch {
 public:
  // Appends what is wrong to `violations`.
  void look(const Action& action, const Activity& activity, bool idle,
            std::vector<std::string>& violations);

 private:
  Instant since_{};
  std::uint64_t bytes_ = 0;
};

// "receiving_body upload 16/59": phase, direction, bytes moved and to move; only the phase if no
// request is under way.
std::string describe(const Activity& activity);

}  // namespace overlap::test
