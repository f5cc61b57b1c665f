// Until the inner conversation begins: the handshake, and what it fails by.
#include <algorithm>
#include <utility>

#include "common/tls/layer_machine.h"

namespace overlap {
namespace {

using tls::Engine;

constexpr std::string_view plain_answer =
    "HTTP/1.1 400 Bad Request\r\n"
    "Connection: close\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 33\r\n"
    "\r\n"
    "This port speaks TLS: use https.\n";

// What a client that speaks plain HTTP may go on to send before it is cut off.
constexpr std::size_t plain_linger_bytes_max = 256 * 1024;

// A method begins with a letter (by RFC 9110 with any token character, but none in use does); a TLS
// record with its type, 22 for a handshake (RFC 8446, 5.1).
bool begins_plain_http(std::byte first) noexcept {
  const auto c = std::to_integer<unsigned char>(first);
  return c >= 'A' && c <= 'Z';
}

}  // namespace

Action TlsLayer::Machine::start(PeerInfo& peer, const Now& now) {
  peer_ = &peer;
  now_ = now;
  engine_.set_time(now.unix_seconds);
  own_deadline_ = now.monotonic + timeouts_.head;
  return receive_handshake();
}

Action TlsLayer::Machine::receive_handshake() {
  input_.reserve(tls_idle_receive_bytes);
  return enter(State::receiving_handshake, Receive{input_.first(tls_idle_receive_bytes)});
}

Action TlsLayer::Machine::handshake_received(const Outcome& outcome) {
  if (outcome.result != Result::ok || outcome.bytes == 0) return lose_handshake(outcome);
  if (handshake_bytes_ == 0 && begins_plain_http(input_.data()[0])) return refuse_plain();
  handshake_bytes_ += outcome.bytes;
  if (handshake_bytes_ > tls_handshake_bytes_max) return close(CloseReason::tls_failed);
  engine_.feed(input_.first(outcome.bytes));
  return shake_hands();
}

Action TlsLayer::Machine::shake_hands() {
  switch (engine_.handshake()) {
    case Engine::Status::done: return begin_inner();
    case Engine::Status::wants_input: break;
    default:
      if (engine_.output().empty()) return close(CloseReason::tls_failed);
      return flush(State::refusing_handshake);
  }
  return engine_.output().empty() ? receive_handshake() : flush(State::sending_handshake);
}

Action TlsLayer::Machine::handshake_sent(const Outcome& outcome) {
  const State sending = state_;
  const bool all_sent = note_sent(outcome);
  if (!all_sent && !send_broken_) return flush(sending);
  if (sending == State::refusing_handshake) return close(CloseReason::tls_failed);
  return all_sent ? receive_handshake() : lose_handshake(outcome);
}

Action TlsLayer::Machine::lose_handshake(const Outcome& outcome) noexcept {
  switch (outcome.result) {
    case Result::cancelled: return close(CloseReason::stopping);
    case Result::timeout: return close(CloseReason::head_timeout);
    default: break;
  }
  // Somebody who only looked whether the port is open has done nothing wrong.
  return close(handshake_bytes_ == 0 ? CloseReason::finished : CloseReason::tls_failed);
}

// What the handshake has left in the engine's output goes with the first response, or before the
// next wait for the peer.
Action TlsLayer::Machine::begin_inner() {
  peer_->secure = true;
  peer_->certificate_name = engine_.client_name();
  Action wanted = inner_->start(*peer_, now_);
  finished_ = inner_->finished_request();
  return run(translate(std::move(wanted)));
}

// ---- plain HTTP
// ----------------------------------------------------------------------------------

Action TlsLayer::Machine::refuse_plain() noexcept {
  plain_answer_ = plain_answer;
  linger_left_ = plain_linger_bytes_max;
  return enter(State::refusing_plain, Send{std::as_bytes(std::span(plain_answer_)), {}});
}

Action TlsLayer::Machine::plain_refused(const Outcome& outcome) noexcept {
  if (outcome.result != Result::ok || outcome.bytes == 0) return close(CloseReason::tls_failed);
  plain_answer_.remove_prefix(std::min(outcome.bytes, plain_answer_.size()));
  if (!plain_answer_.empty())
    return enter(State::refusing_plain, Send{std::as_bytes(std::span(plain_answer_)), {}});
  own_deadline_ = now_.monotonic + tls_ending_time;
  return enter(State::shutting_plain, ShutdownSend{});
}

// Closing with unread input would destroy the answer on its way (RFC 9112, 9.6).
Action TlsLayer::Machine::linger_plain() noexcept {
  return enter(State::lingering_plain, Receive{input_.first(tls_idle_receive_bytes)});
}

Action TlsLayer::Machine::plain_lingered(const Outcome& outcome) noexcept {
  const bool more = outcome.result == Result::ok && outcome.bytes > 0;
  if (!more || outcome.bytes >= linger_left_ || now_.monotonic >= own_deadline_)
    return close(CloseReason::tls_failed);
  linger_left_ -= outcome.bytes;
  return linger_plain();
}

}  // namespace overlap
