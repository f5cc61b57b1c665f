// One HTTP/1.1 connection as a state machine (RFC 9110, RFC 9112): outcomes in, one action at a
// time out. No I/O, no clock, no thread. Not thread-safe: one call at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "common/access/gate.h"
#include "common/config/config.h"
#include "common/transfer/conversation.h"

namespace overlap {

// What all sessions of one listener share; must outlive them.
struct SessionConfig {
  config::Limits limits;
  config::Timeouts timeouts;
  config::Uploads uploads;
  std::string realm;
  access::Gate& gate;
  // Makes the boundaries of multipart responses unknown to those who write the files.
  std::uint64_t boundary_seed = 0;
};

class Session final : public Conversation {
 public:
  enum class Mode : std::uint8_t {
    serve,
    refuse,  // answer 503 with Retry-After at once and close: the listener is full
  };

  explicit Session(const SessionConfig& config, Mode mode = Mode::serve);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Action start(PeerInfo& peer, const Now& now) override;
  Action resume(const Outcome& outcome, const Now& now) override;
  Action resume(StoreOutcome& outcome, const Now& now) override;
  Action resume(const access::LoginOutcome& outcome, const Now& now) override;

  Instant deadline() const noexcept override;
  bool idle() const noexcept override;
  Activity activity() const noexcept override;
  const RequestRecord* finished_request() const noexcept override;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace overlap
