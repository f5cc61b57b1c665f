// One HTTP/1.1 connection as a state machine (RFC 9110, RFC 9112): outcomes in, one action at a
// time out. No I/O, no clock, no thread. Not thread-safe: one call at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/config/config.h"
#include "common/time.h"
#include "common/transfer/action.h"
#include "common/transfer/outcome.h"

namespace overlap {

// One finished request, for the log and the statistics.
struct RequestRecord {
  std::string method;
  std::string target;  // as the client sent it, at most 1 KiB of it
  int status = 0;      // 0: the connection ended before a response began
  std::uint64_t body_bytes_received = 0;
  std::uint64_t body_bytes_sent = 0;
  Instant duration{};  // from the first byte of the head to the end of the response
  bool whole = false;  // request and response were transferred completely
};

// What all sessions of one listener share; must outlive them.
struct SessionConfig {
  config::Limits limits;
  config::Timeouts timeouts;
  config::Access access;
};

class Session {
 public:
  enum class Mode : std::uint8_t {
    serve,
    refuse,  // answer 503 with Retry-After at once and close: the listener is full
  };

  explicit Session(const SessionConfig& config, Mode mode = Mode::serve);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Action start(const Now& now);
  Action resume(const Outcome& outcome, const Now& now);       // after any action but Ask
  Action resume(const StoreOutcome& outcome, const Now& now);  // after Ask
  // After Close nothing may be called but the destructor.

  // When the outstanding action must be cancelled; `never` while the file or the store is worked
  // on.
  Instant deadline() const noexcept;
  // Waiting for a request of which nothing has come yet: a stop may cancel it without loss.
  bool idle() const noexcept;
  // The request that the last call of resume() finished, if it did.
  const RequestRecord* finished_request() const noexcept;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace overlap
