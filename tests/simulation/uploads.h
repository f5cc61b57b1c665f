// The resumable uploads that the clients of a simulated run have begun, and how far the server has
// told any of them to have come: another client may go on with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "tests/simulation/versions.h"

namespace overlap::simulation {

struct ResumableUpload {
  std::string name;
  Version version;
  std::string id = {};             // empty until the server has told it
  std::uint64_t acknowledged = 0;  // the highest offset that an answer has named
  bool complete = false;           // an answer has said so
};

// Entries stay where they are.
using Uploads = std::deque<ResumableUpload>;

}  // namespace overlap::simulation
