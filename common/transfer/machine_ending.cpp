// What follows a response, and how a connection ends.
#include <algorithm>
#include <utility>

#include "common/transfer/machine.h"

namespace overlap {

Action Session::Machine::response_ended() {
  record_.answered = true;
  if (head_begun_) finish_record(head_.status(), request_body_.done() && !framing_broken_);
  return file_ == OpenFile::download ? close_file(&Machine::conclude) : conclude();
}

Action Session::Machine::conclude() {
  switch (ending_) {
    case Ending::next_request: return next_request();
    case Ending::skip_body: progress_.begin(now_.monotonic); return skip_body();
    case Ending::linger:
      linger_left_ = linger_bytes_max;
      in_.clear();
      return enter(State::shutting_down, never, ShutdownSend{});
    case Ending::close: break;
  }
  return close(reason_);
}

Session::Machine::Ending Session::Machine::choose_ending() noexcept {
  if (framing_broken_) {
    if (reason_ == CloseReason::finished) reason_ = CloseReason::bad_request;
    return Ending::linger;
  }
  const bool keep = client_keeps_ && !now_.draining;
  if (!request_body_.done()) {
    // A client that waits for 100 (Continue) may send its body or not: the two cannot be told
    // apart.
    const auto left = request_body_.left();
    const bool skippable = keep && !continue_wanted_ && left && *left <= skipped_body_bytes_max;
    return skippable ? Ending::skip_body : Ending::linger;
  }
  if (keep) return Ending::next_request;
  if (client_keeps_) {
    reason_ = CloseReason::stopping;
    return Ending::linger;
  }
  // The client said that it would send no more; if it did, its bytes must be read first.
  return in_.empty() ? Ending::close : Ending::linger;
}

Action Session::Machine::skip_body() {
  if (!in_.empty()) in_.consume(request_body_.take(in_.bytes()).consumed);
  if (request_body_.done()) return next_request();
  const std::span<std::byte> room = in_.room();
  // The whole rest within one progress time: it is short.
  return enter(State::skipping_body, progress_.deadline(),
               Receive{room.first(std::min(room.size(), request_body_.receive_bytes_max()))});
}

Action Session::Machine::body_skipped(const Outcome& outcome) {
  if (outcome.result != Result::ok || outcome.bytes == 0) return lose(outcome);
  in_.received(outcome.bytes);
  return skip_body();
}

Action Session::Machine::linger() {
  if (state_ == State::shutting_down) linger_since_ = now_.monotonic;
  return enter(State::lingering, linger_since_ + linger_time, Receive{in_.room()});
}

Action Session::Machine::lingered(const Outcome& outcome) {
  const bool more = outcome.result == Result::ok && outcome.bytes > 0;
  const bool over = now_.monotonic >= linger_since_ + linger_time;
  if (!more || over || outcome.bytes >= linger_left_) return close(reason_);
  linger_left_ -= outcome.bytes;
  return linger();
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
  reason_ = reason;
  return release_upload(&Machine::close_abandoned);
}

Action Session::Machine::release_upload(Step next) {
  if (file_ != OpenFile::upload) return (this->*next)();
  after_release_ = next;
  Ask release;
  release.verb = upload_.resumable() ? StoreVerb::suspend : StoreVerb::discard;
  record_.suspended = upload_.resumable();
  release.offset = upload_.may_checkpoint() ? offset_ : upload_.start;
  return ask(std::move(release), &Machine::upload_released);
}

// Whatever became of it: the client learns what is kept when it asks for it.
Action Session::Machine::upload_released(StoreOutcome&) {
  file_ = OpenFile::none;
  return (this->*after_release_)();
}

Action Session::Machine::close(CloseReason reason) {
  // A request that was under way ends here, unanswered or half answered.
  if (head_begun_) finish_record(response_begun_ ? head_.status() : 0, false);
  return enter(State::closed, never, Close{reason});
}

void Session::Machine::begin_record() {
  record_.method.clear();
  record_.target.clear();
  record_.user.clear();
  record_.digest.clear();
  record_.body_bytes_received = record_.body_bytes_sent = 0;
  record_.suspended = record_.answered = false;
  body_bytes_ = 0;
}

void Session::Machine::finish_record(int status, bool whole) {
  record_.status = status;
  record_.whole = whole;
  record_.duration = now_.monotonic - head_since_;
  std::swap(record_, finished_record_);
  finished_ = true;
  head_begun_ = false;
}

// The framing of a multipart body is of the body.
std::uint64_t Session::Machine::count_body_sent(std::size_t bytes) noexcept {
  const std::size_t head_bytes = std::min(bytes, head_left_);
  head_left_ -= head_bytes;
  record_.body_bytes_sent += bytes - head_bytes;
  return bytes - head_bytes;
}

// ---- bandwidth

namespace {

std::uint64_t lower_limit(std::uint64_t a, std::uint64_t b) noexcept {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

}  // namespace

std::uint64_t Session::Machine::send_rate() const noexcept {
  const std::uint64_t of_user = user_ ? user_->bandwidth().bytes_per_second() : 0;
  return lower_limit(send_bandwidth_.bytes_per_second(), of_user);
}

std::uint64_t Session::Machine::receive_rate() const noexcept {
  const std::uint64_t of_user = user_ ? user_->bandwidth().bytes_per_second() : 0;
  return lower_limit(receive_bandwidth_.bytes_per_second(), of_user);
}

Action Session::Machine::after_sending(std::uint64_t bytes, Step next) {
  return after_moving(bytes, send_bandwidth_, next);
}

Action Session::Machine::after_receiving(std::uint64_t bytes, Step next) {
  return after_moving(bytes, receive_bandwidth_, next);
}

Action Session::Machine::after_moving(std::uint64_t bytes, Bandwidth& bandwidth, Step next) {
  Instant until = bandwidth.take(bytes, now_.monotonic);
  if (user_) until = std::max(until, user_->bandwidth().take(bytes, now_.monotonic));
  if (until <= now_.monotonic) return (this->*next)();
  return pause(until, next);
}

}  // namespace overlap
