#include "common/transfer/machine.h"

#include <utility>

namespace overlap {
namespace {

protocol::HeadLimits head_limits(const config::Limits& limits) noexcept {
  return {limits.head_bytes_max, limits.headers_max, limits.target_bytes_max};
}

}  // namespace

Session::Machine::Machine(const SessionConfig& config, Mode mode)
    : config_(config), mode_(mode), reader_(head_limits(config.limits)) {}

Action Session::Machine::enter(State state, Instant deadline, Action action) noexcept {
  state_ = state;
  deadline_ = deadline;
  return action;
}

Action Session::Machine::start(const Now& now) {
  now_ = now;
  if (mode_ == Mode::serve) return next_request();
  reason_ = CloseReason::refused;
  framing_broken_ = true;  // nothing was read
  text_ = "All connections of this listener are taken; try again in a moment.\n";
  return answer_with_text(503, "Retry-After", "1");
}

Action Session::Machine::resume(const Outcome& outcome, const Now& now) {
  now_ = now;
  finished_ = false;
  switch (state_) {
    case State::receiving_head: return head_received(outcome);
    case State::reading: return file_read(outcome);
    case State::sending_file: return piece_sent(outcome);
    case State::closing_before_response: return send_rest();
    case State::closing_after_response: return conclude();
    case State::sending_continue: return continue_sent(outcome);
    case State::receiving_body: return body_received(outcome);
    case State::writing: return body_written(outcome);
    case State::sending_response: return response_sent(outcome);
    case State::skipping_body: return body_skipped(outcome);
    case State::shutting_down: return linger();
    case State::lingering: return lingered(outcome);
    case State::created:
    case State::opening:
    case State::creating:
    case State::committing:
    case State::discarding:
    case State::closed: break;
  }
  return give_up();  // the caller broke the contract
}

Action Session::Machine::resume(const StoreOutcome& outcome, const Now& now) {
  now_ = now;
  finished_ = false;
  switch (state_) {
    case State::opening: return file_opened(outcome);
    case State::creating: return upload_created(outcome);
    case State::committing: return upload_committed(outcome);
    case State::discarding: return upload_discarded();
    default: return give_up();
  }
}

Action Session::Machine::give_up() noexcept {
  return enter(State::closed, never, Close{CloseReason::failed});
}

Action Session::Machine::lose(const Outcome& outcome) {
  switch (outcome.result) {
    case Result::cancelled: return abandon(CloseReason::stopping);
    case Result::timeout: return abandon(CloseReason::slow_peer);
    case Result::ok:
    case Result::eof:
    case Result::error: break;
  }
  return abandon(CloseReason::peer_lost);
}

Action Session::Machine::abandon(CloseReason reason) {
  if (file_ != OpenFile::upload) return close(reason);
  reason_ = reason;
  status_after_discard_ = 0;
  return enter(State::discarding, never, Ask{StoreVerb::discard, {}, 0});
}

Action Session::Machine::close(CloseReason reason) {
  // A request that was under way ends here, unanswered or half answered.
  if (head_begun_) finish_record(response_begun_ ? head_.status() : 0, false);
  return enter(State::closed, never, Close{reason});
}

void Session::Machine::finish_record(int status, bool whole) {
  record_.status = status;
  record_.whole = whole;
  record_.duration = now_.monotonic - head_since_;
  std::swap(record_, finished_record_);
  finished_ = true;
  head_begun_ = false;
}

}  // namespace overlap
