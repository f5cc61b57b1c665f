#include "common/tls/layer.h"

#include <algorithm>
#include <new>
#include <utility>

#include "common/tls/layer_machine.h"

namespace overlap {

using tls::Engine;

TlsLayer::TlsLayer(std::shared_ptr<const TlsContext> context, std::unique_ptr<Conversation> inner,
                   const config::Timeouts& timeouts)
    : machine_(std::make_unique<Machine>(std::move(context), std::move(inner), timeouts)) {}
TlsLayer::~TlsLayer() = default;

Action TlsLayer::start(PeerInfo& peer, const Now& now) {
  try {
    return machine_->start(peer, now);
  } catch (const std::bad_alloc&) {
    return machine_->give_up();
  }
}

Action TlsLayer::resume(const Outcome& outcome, const Now& now) {
  try {
    return machine_->resume(outcome, now);
  } catch (const std::bad_alloc&) {
    return machine_->give_up();
  }
}

Action TlsLayer::resume(StoreOutcome& outcome, const Now& now) {
  try {
    return machine_->resume(outcome, now);
  } catch (const std::bad_alloc&) {
    return machine_->give_up();
  }
}

Action TlsLayer::resume(const access::LoginOutcome& outcome, const Now& now) {
  try {
    return machine_->resume(outcome, now);
  } catch (const std::bad_alloc&) {
    return machine_->give_up();
  }
}

Instant TlsLayer::deadline() const noexcept { return machine_->deadline(); }
bool TlsLayer::idle() const noexcept { return machine_->idle(); }
Activity TlsLayer::activity() const noexcept { return machine_->activity(); }
const RequestRecord* TlsLayer::finished_request() const noexcept {
  return machine_->finished_request();
}

// ---- outcomes to states
// --------------------------------------------------------------------------

TlsLayer::Machine::Machine(std::shared_ptr<const TlsContext> context,
                           std::unique_ptr<Conversation> inner, const config::Timeouts& timeouts)
    : engine_(std::move(context)), inner_(std::move(inner)), timeouts_(timeouts) {}

Action TlsLayer::Machine::enter(State state, Action&& action) noexcept {
  state_ = state;
  return std::move(action);
}

Action TlsLayer::Machine::close(CloseReason reason) noexcept {
  return enter(State::closed, Close{reason});
}

Action TlsLayer::Machine::give_up() noexcept { return close(CloseReason::failed); }

Action TlsLayer::Machine::resume(const Outcome& outcome, const Now& now) {
  now_ = now;
  finished_ = nullptr;
  switch (state_) {
    case State::receiving_handshake: return handshake_received(outcome);
    case State::sending_handshake:
    case State::refusing_handshake: return handshake_sent(outcome);
    case State::refusing_plain: return plain_refused(outcome);
    case State::shutting_plain: return linger_plain();
    case State::lingering_plain: return plain_lingered(outcome);
    case State::last_words: return close(reason_);
    case State::created:
    case State::closed: return give_up();  // the caller broke the contract
    default: return run(ended(outcome));
  }
}

TlsLayer::Machine::Step TlsLayer::Machine::ended(const Outcome& outcome) {
  switch (state_) {
    case State::receiving: return ciphertext_received(outcome);
    case State::flushing: return flushed(outcome);
    case State::alerting: return alerted(outcome);
    case State::sending: return piece_sent(outcome);
    case State::reading: return piece_read(outcome);
    case State::closing_notify: return notified(outcome);
    case State::yielding: return kept_;
    default: return outcome;  // passed
  }
}

Action TlsLayer::Machine::resume(StoreOutcome& outcome, const Now& now) {
  now_ = now;
  Action wanted = inner_->resume(outcome, now);
  finished_ = inner_->finished_request();
  return run(translate(std::move(wanted)));
}

Action TlsLayer::Machine::resume(const access::LoginOutcome& outcome, const Now& now) {
  now_ = now;
  Action wanted = inner_->resume(outcome, now);
  finished_ = inner_->finished_request();
  return run(translate(std::move(wanted)));
}

Action TlsLayer::Machine::run(Step step) {
  while (const Outcome* outcome = std::get_if<Outcome>(&step)) {
    if (finished_ != nullptr) {
      // The record must be seen before the inner conversation writes the next one.
      kept_ = *outcome;
      return enter(State::yielding, CloseFile{});
    }
    step = resume_inner(*outcome);
  }
  return std::get<Action>(std::move(step));
}

TlsLayer::Machine::Step TlsLayer::Machine::resume_inner(const Outcome& outcome) {
  Action wanted = inner_->resume(outcome, now_);
  finished_ = inner_->finished_request();
  return translate(std::move(wanted));
}

TlsLayer::Machine::Step TlsLayer::Machine::translate(Action wanted) {
  if (const auto* receive_wanted = std::get_if<Receive>(&wanted)) {
    into_ = receive_wanted->into;
    return receive();
  }
  if (const auto* send = std::get_if<Send>(&wanted)) {
    head_ = send->head;
    body_ = send->body;
    file_left_ = plain_sent_ = 0;
    return send_piece();
  }
  if (const auto* send_file = std::get_if<SendFile>(&wanted)) {
    head_ = send_file->head;
    body_ = {};
    file_offset_ = send_file->offset;
    file_left_ = send_file->count;
    plain_sent_ = 0;
    return send_piece();
  }
  if (std::holds_alternative<ShutdownSend>(wanted))
    return say_goodbye(State::closing_notify, std::move(wanted));
  if (const auto* close_wanted = std::get_if<Close>(&wanted)) {
    reason_ = close_wanted->reason;
    return say_goodbye(State::last_words, std::move(wanted));
  }
  return enter(State::passed, std::move(wanted));
}

Instant TlsLayer::Machine::deadline() const noexcept {
  switch (state_) {
    case State::passed:
    case State::receiving:
    case State::flushing:
    case State::sending: return inner_->deadline();
    case State::created:
    case State::shutting_plain:
    case State::reading:
    case State::yielding:
    case State::closed: return never;
    default: return own_deadline_;
  }
}

bool TlsLayer::Machine::idle() const noexcept {
  switch (state_) {
    case State::receiving_handshake: return handshake_bytes_ == 0;
    case State::receiving: return inner_->idle() && !engine_.holds_input();
    default: return false;
  }
}

Activity TlsLayer::Machine::activity() const noexcept {
  switch (state_) {
    case State::created:
    case State::receiving_handshake:
    case State::sending_handshake: return {.phase = ConnectionPhase::handshake};
    case State::refusing_handshake:
    case State::refusing_plain:
    case State::shutting_plain:
    case State::lingering_plain:
    case State::last_words:
    case State::closed: return {.phase = ConnectionPhase::closing};
    default: return inner_->activity();
  }
}

// ---- receiving
// -----------------------------------------------------------------------------------

TlsLayer::Machine::Step TlsLayer::Machine::receive() {
  std::size_t bytes = 0;
  switch (failed_ ? Engine::Status::failed : engine_.read(into_, bytes)) {
    case Engine::Status::done: return Outcome{Result::ok, 0, bytes};
    case Engine::Status::closed: peer_ended_ = true; return Outcome{Result::eof, 0, 0};
    case Engine::Status::failed:
      if (std::exchange(failed_, true) || send_broken_ || engine_.output().empty())
        return Outcome{Result::error, 0, 0};
      own_deadline_ = now_.monotonic + tls_ending_time;
      return flush(State::alerting);
    case Engine::Status::wants_input: break;
  }
  if (peer_ended_) return Outcome{Result::eof, 0, 0};
  // Tickets, or the answer to a new key: the peer may wait for them before it says more.
  if (!engine_.output().empty() && !send_broken_) return flush(State::flushing);
  return receive_ciphertext();
}

Action TlsLayer::Machine::receive_ciphertext() {
  const std::size_t wanted =
      std::clamp(into_.size(), tls_idle_receive_bytes, tls_receive_bytes_max);
  if (inner_->idle()) {
    input_.release_above(tls_idle_receive_bytes);
    piece_.release();
    engine_.release_output();
  }
  input_.reserve(wanted);
  return enter(State::receiving, Receive{input_.first(wanted)});
}

TlsLayer::Machine::Step TlsLayer::Machine::ciphertext_received(const Outcome& outcome) {
  engine_.feed(input_.first(outcome.bytes));  // also what came before a deadline
  if (outcome.result == Result::ok && outcome.bytes > 0) return receive();
  if (outcome.result != Result::ok && outcome.result != Result::eof)
    return Outcome{outcome.result, outcome.native, 0};
  peer_ended_ = true;
  return receive();
}

TlsLayer::Machine::Step TlsLayer::Machine::flushed(const Outcome& outcome) {
  if (!note_sent(outcome)) {
    if (!send_broken_) return flush(State::flushing);
    return Outcome{outcome.result == Result::ok ? Result::error : outcome.result, outcome.native,
                   0};
  }
  return receive_ciphertext();
}

TlsLayer::Machine::Step TlsLayer::Machine::alerted(const Outcome& outcome) {
  if (!note_sent(outcome) && !send_broken_) return flush(State::alerting);
  return Outcome{Result::error, 0, 0};
}

// ---- sending
// -------------------------------------------------------------------------------------

Action TlsLayer::Machine::flush(State state) noexcept {
  return enter(state, Send{{}, engine_.output()});
}

bool TlsLayer::Machine::note_sent(const Outcome& outcome) noexcept {
  engine_.sent(outcome.bytes);
  if (outcome.result != Result::ok || outcome.bytes == 0) send_broken_ = true;
  return !send_broken_ && engine_.output().empty();
}

// Encrypts as much as a piece has room for, the rest of the file last; then sends it.
TlsLayer::Machine::Step TlsLayer::Machine::send_piece() {
  const auto sent = static_cast<std::size_t>(plain_sent_);
  if (failed_ || send_broken_) return Outcome{Result::error, 0, sent};
  in_flight_ = 0;
  const std::uint64_t all = head_.size() + body_.size() + file_left_;
  engine_.reserve_output(static_cast<std::size_t>(std::min<std::uint64_t>(all, tls_piece_bytes)));
  if (!encrypt(head_) || !encrypt(body_)) return Outcome{Result::error, 0, sent};
  const std::uint64_t room = tls_piece_bytes - in_flight_;
  if (file_left_ == 0 || room == 0) return flush(State::sending);
  const auto count = static_cast<std::size_t>(std::min(file_left_, room));
  piece_.reserve(count);
  return enter(State::reading, Read{file_offset_, piece_.first(count)});
}

// Takes what was encrypted off `plain`. False if TLS has failed.
bool TlsLayer::Machine::encrypt(std::span<const std::byte>& plain) {
  const std::size_t count = std::min(plain.size(), tls_piece_bytes - in_flight_);
  if (count == 0) return true;
  if (engine_.write(plain.first(count)) != Engine::Status::done) {
    failed_ = true;
    return false;
  }
  plain = plain.subspan(count);
  in_flight_ += count;
  return true;
}

TlsLayer::Machine::Step TlsLayer::Machine::piece_read(const Outcome& outcome) {
  const auto sent = static_cast<std::size_t>(plain_sent_);
  if (outcome.result != Result::ok || outcome.bytes == 0) {
    // What is encrypted and unsent must not leave later, as if it had been reported.
    if (in_flight_ > 0) send_broken_ = true;
    if (outcome.result == Result::ok) return Outcome{Result::eof, 0, sent};  // it became shorter
    return Outcome{outcome.result, outcome.native, sent};
  }
  std::span<const std::byte> plain = piece_.first(outcome.bytes);
  if (!encrypt(plain)) return Outcome{Result::error, 0, sent};
  file_offset_ += outcome.bytes;
  file_left_ -= outcome.bytes;
  return flush(State::sending);
}

TlsLayer::Machine::Step TlsLayer::Machine::piece_sent(const Outcome& outcome) {
  if (!note_sent(outcome)) {
    if (!send_broken_) return flush(State::sending);
    return Outcome{outcome.result == Result::ok ? Result::error : outcome.result, outcome.native,
                   static_cast<std::size_t>(plain_sent_)};
  }
  plain_sent_ += in_flight_;
  if (!head_.empty() || !body_.empty() || file_left_ > 0) return send_piece();
  return Outcome{Result::ok, 0, static_cast<std::size_t>(plain_sent_)};
}

}  // namespace overlap
