#include "common/transfer/session.h"

#include <new>

#include "common/transfer/machine.h"

namespace overlap {

Session::Session(const SessionConfig& config, Mode mode)
    : machine_(std::make_unique<Machine>(config, mode)) {}
Session::~Session() = default;

Action Session::start(PeerInfo& peer, const Now& now) {
  try {
    return machine_->start(peer, now);
  } catch (const std::bad_alloc&) {
    return machine_->give_up();
  }
}

Action Session::resume(const Outcome& outcome, const Now& now) {
  try {
    return machine_->resume(outcome, now);
  } catch (const std::bad_alloc&) {
    return machine_->give_up();
  }
}

Action Session::resume(StoreOutcome& outcome, const Now& now) {
  try {
    return machine_->resume(outcome, now);
  } catch (const std::bad_alloc&) {
    return machine_->give_up();
  }
}

Action Session::resume(const access::LoginOutcome& outcome, const Now& now) {
  try {
    return machine_->resume(outcome, now);
  } catch (const std::bad_alloc&) {
    return machine_->give_up();
  }
}

Instant Session::deadline() const noexcept { return machine_->deadline(); }
bool Session::idle() const noexcept { return machine_->idle(); }
Activity Session::activity() const noexcept { return machine_->activity(); }
const RequestRecord* Session::finished_request() const noexcept {
  return machine_->finished_request();
}

}  // namespace overlap
