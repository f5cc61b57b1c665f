// One request, for the log, the statistics and the journal.
#pragma once

#include <cstdint>
#include <string>

#include "common/time.h"

namespace overlap {

struct RequestRecord {
  std::string method;
  std::string target;  // as the client sent it, at most 1 KiB of it
  std::string user;    // empty: nobody logged in
  int status = 0;      // 0: the connection ended before a response began
  std::uint64_t body_bytes_received = 0;
  std::uint64_t body_bytes_sent = 0;
  Instant duration{};     // from the first byte of the head to the end of the response
  bool whole = false;     // request and response were transferred completely
  bool answered = false;  // the whole response was sent
  // The body ended early, and what came of it is kept as an unfinished upload.
  bool suspended = false;
  std::string digest;  // of the file that was moved, as Repr-Digest has it; empty: not known
};

}  // namespace overlap
