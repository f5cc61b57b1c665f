// What a connection drives: outcomes in, one action at a time out. A Session, or a layer around
// one (TLS), which has the same shape. No I/O, no clock, no thread. Not thread-safe: one call at a
// time.
#pragma once

#include "common/access/gate.h"
#include "common/time.h"
#include "common/transfer/action.h"
#include "common/transfer/activity.h"
#include "common/transfer/outcome.h"
#include "common/transfer/request_record.h"

namespace overlap {

class Conversation {
 public:
  virtual ~Conversation() = default;

  // `peer` must outlive the conversation; a layer completes it before it starts what it wraps.
  virtual Action start(PeerInfo& peer, const Now& now) = 0;
  virtual Action resume(const Outcome& outcome, const Now& now) = 0;  // after any other action
  virtual Action resume(StoreOutcome& outcome, const Now& now) = 0;   // after Ask; may take from it
  virtual Action resume(const access::LoginOutcome& outcome, const Now& now) = 0;  // after LogIn
  // After Close nothing may be called but the destructor.

  // When the outstanding action must be cancelled; `never` while the file or the store is worked
  // on. Of a Pause: when it ends.
  virtual Instant deadline() const noexcept = 0;
  // Waiting for a request of which nothing has come yet: a stop may cancel it without loss.
  virtual bool idle() const noexcept = 0;
  // As it is until the next call of resume(), for which what it points to is valid.
  virtual Activity activity() const noexcept = 0;
  // The request that the last call of resume() finished, if it did.
  virtual const RequestRecord* finished_request() const noexcept = 0;
};

}  // namespace overlap
