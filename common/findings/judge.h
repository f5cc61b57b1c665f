// The rules: from figures to findings. Each has the figure that was seen, the threshold that it
// reached, and what to do; docs/METRICS.md lists them.
#pragma once

#include <span>
#include <vector>

#include "common/findings/finding.h"
#include "common/findings/moment.h"

namespace overlap::findings {

// The findings of now, errors first, then by id, model and listener. A pure function.
//
// `standing` are those of the call before. One that stands is kept until its figure has fallen
// clearly below the threshold, so that a figure near it does not make a finding come and go; and it
// keeps its `since`.
std::vector<Finding> judge(const Window& window, std::span<const Finding> standing);

}  // namespace overlap::findings
