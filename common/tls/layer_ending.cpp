// The end of the inner conversation: close_notify, where it can be said.
#include <utility>

#include "common/tls/layer_machine.h"

namespace overlap {

// `after`: the inner conversation's ShutdownSend or Close. Any end but an orderly one is shown to
// the peer as what it is: a connection that breaks off without a close_notify.
Action TlsLayer::Machine::say_goodbye(State state, Action after) {
  const bool ends_well = state == State::closing_notify || reason_ == CloseReason::finished;
  const bool heard = state == State::closing_notify || !peer_ended_;
  if (ends_well && heard && !failed_ && !send_broken_) {
    engine_.close();
    if (!engine_.output().empty()) {
      own_deadline_ = now_.monotonic + tls_ending_time;
      return flush(state);
    }
  }
  return enter(state == State::last_words ? State::closed : State::passed, std::move(after));
}

TlsLayer::Machine::Step TlsLayer::Machine::notified(const Outcome& outcome) {
  if (!note_sent(outcome) && !send_broken_) return flush(State::closing_notify);
  return enter(State::passed, ShutdownSend{});
}

}  // namespace overlap
