#include "common/transfer/machine.h"

#include <utility>

namespace overlap {
namespace {

protocol::HeadLimits head_limits(const config::Limits& limits) noexcept {
  return {limits.head_bytes_max, limits.headers_max, limits.target_bytes_max};
}

}  // namespace

Session::Machine::Machine(const SessionConfig& config, Mode mode)
    : config_(config),
      mode_(mode),
      receive_bandwidth_(config.limits.receive_bytes_per_second_max),
      send_bandwidth_(config.limits.send_bytes_per_second_max),
      reader_(head_limits(config.limits)),
      pace_(config.limits, config.timeouts),
      progress_(config.limits, config.timeouts) {}

Action Session::Machine::enter(State state, Instant deadline, Action action) noexcept {
  state_ = state;
  deadline_ = deadline;
  return action;
}

ConnectionPhase Session::Machine::phase() const noexcept {
  switch (state_) {
    case State::created: return ConnectionPhase::idle;
    case State::receiving_head:
      return head_begun_ ? ConnectionPhase::receiving_head : ConnectionPhase::idle;
    case State::receiving_body:
    case State::skipping_body: return ConnectionPhase::receiving_body;
    case State::sending_file:
    case State::sending_interim:
    case State::sending_response: return ConnectionPhase::sending;
    case State::pausing: return ConnectionPhase::pausing;
    case State::shutting_down:
    case State::lingering:
    case State::closed: return ConnectionPhase::closing;
    case State::logging_in:
    case State::asking:
    case State::closing_file:
    case State::reading:
    case State::writing: break;
  }
  return ConnectionPhase::working;
}

Activity Session::Machine::activity() const noexcept {
  Activity activity{.phase = phase()};
  if (!head_begun_ || state_ == State::receiving_head) return activity;
  activity.request = &record_;
  activity.request_since = head_since_;
  if (method_ == protocol::Method::put || method_ == protocol::Method::post ||
      method_ == protocol::Method::patch) {
    activity.direction = Direction::upload;
    if (const auto left = request_body_.left())
      activity.bytes_total = record_.body_bytes_received + *left;
  } else if (body_bytes_ != 0) {
    activity.bytes_total = body_bytes_;
  }
  return activity;
}

Action Session::Machine::ask(Ask ask, Answered answered) {
  answered_ = answered;
  if (user_) ask.user = user_->name();
  return enter(State::asking, never, std::move(ask));
}

Action Session::Machine::pause(Instant until, Step next) {
  next_step_ = next;
  pause_since_ = now_.monotonic;
  return enter(State::pausing, until, Pause{until});
}

Action Session::Machine::pause_ended(const Outcome& outcome) {
  progress_.paused(now_.monotonic - pause_since_);  // the peer was not listened to
  const bool revoked = outcome.result == Result::timeout && file_ == OpenFile::upload;
  if (revoked) return break_off(408, "Another connection goes on with this upload.");
  if (outcome.result == Result::cancelled) return lose_body(outcome);
  return (this->*next_step_)();
}

Action Session::Machine::close_file(Step next) {
  file_ = OpenFile::none;
  next_step_ = next;
  return enter(State::closing_file, never, CloseFile{});
}

Action Session::Machine::start(const PeerInfo& peer, const Now& now) {
  peer_ = &peer;
  now_ = now;
  if (mode_ == Mode::serve) return next_request();
  reason_ = CloseReason::refused;
  framing_broken_ = true;  // nothing was read
  text_ = "All connections of this listener are taken; try again in a moment.\n";
  begin_response(503);
  head_.add("Retry-After", "1");
  return answer_with_text();
}

Action Session::Machine::resume(const Outcome& outcome, const Now& now) {
  now_ = now;
  finished_ = false;
  switch (state_) {
    case State::receiving_head: return head_received(outcome);
    case State::pausing: return pause_ended(outcome);
    case State::closing_file: return (this->*next_step_)();
    case State::reading: return file_read(outcome);
    case State::sending_file: return piece_sent(outcome);
    case State::sending_interim: return interim_sent(outcome);
    case State::receiving_body: return body_received(outcome);
    case State::writing: return body_written(outcome);
    case State::sending_response: return response_sent(outcome);
    case State::skipping_body: return body_skipped(outcome);
    case State::shutting_down: return linger();
    case State::lingering: return lingered(outcome);
    case State::created:
    case State::logging_in:
    case State::asking:
    case State::closed: break;
  }
  return give_up();  // the caller broke the contract
}

Action Session::Machine::resume(StoreOutcome& outcome, const Now& now) {
  now_ = now;
  finished_ = false;
  return state_ == State::asking ? (this->*answered_)(outcome) : give_up();
}

Action Session::Machine::resume(const access::LoginOutcome& outcome, const Now& now) {
  now_ = now;
  finished_ = false;
  return state_ == State::logging_in ? logged_in(outcome) : give_up();
}

Action Session::Machine::give_up() noexcept {
  return enter(State::closed, never, Close{CloseReason::failed});
}

}  // namespace overlap
