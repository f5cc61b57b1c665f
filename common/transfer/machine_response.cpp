// Responses, and what becomes of the connection after each.
#include <algorithm>

#include "common/protocol/http_date.h"
#include "common/transfer/machine.h"

namespace overlap {
namespace {

constexpr std::size_t named_bytes_max = 200;

}  // namespace

std::string Session::Machine::named() const {
  std::string_view text = path_.text();
  if (text.size() > named_bytes_max) {
    std::size_t end = named_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return "\"/" + std::string(text.substr(0, end)) + "...\"";
  }
  return "\"/" + std::string(text) + "\"";
}

// Status line, Date and Connection; the caller adds the rest.
void Session::Machine::begin_response(int status) {
  ending_ = choose_ending();
  head_.begin(status).add("Date", protocol::HttpDate(now_.unix_seconds).text());
  const bool closes = ending_ == Ending::close || ending_ == Ending::linger;
  if (closes) head_.add("Connection", "close");
  if (!closes && http_1_0_) head_.add("Connection", "keep-alive");
  send_body_ = {};
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

Action Session::Machine::refuse(int status, std::string_view sentence) {
  text_ = sentence;
  text_ += '\n';
  if (file_ != OpenFile::upload) return answer_with_text(status);
  status_after_discard_ = status;
  return enter(State::discarding, never, Ask{StoreVerb::discard, {}, 0});
}

Action Session::Machine::refuse_store(const StoreOutcome& outcome) {
  const bool upload = method_ == protocol::Method::put;
  switch (outcome.error) {
    case StoreError::not_found:
      if (upload) return refuse(409, "The folder of " + named() + " does not exist.");
      return refuse(404, named() + " does not exist.");
    case StoreError::is_folder:
      if (upload) return refuse(409, named() + " is a folder: a file cannot replace it.");
      return refuse(403, named() + " is a folder: listing folders is not offered.");
    case StoreError::access_denied: return refuse(403, "Access to " + named() + " is denied.");
    case StoreError::in_use: return refuse(423, named() + " is in use by another program.");
    case StoreError::no_space:
      return refuse(507, "There is not enough space to store " + named() + ".");
    case StoreError::name_too_long: return refuse(414, "The name " + named() + " is too long.");
    case StoreError::none:
    case StoreError::failed: break;
  }
  return refuse(500, named() + (upload ? " could not be stored." : " could not be opened."));
}

// text_ holds the sentence and its line break.
Action Session::Machine::answer_with_text(int status, std::string_view extra_name,
                                          std::string_view extra_value) {
  begin_response(status);
  if (!extra_name.empty()) head_.add(extra_name, extra_value);
  head_.add("Content-Type", "text/plain; charset=utf-8")
      .add("X-Content-Type-Options", "nosniff")
      .add("Content-Length", std::uint64_t{text_.size()});
  if (method_ != protocol::Method::head) send_body_ = std::as_bytes(std::span(text_));
  return deliver();
}

// Sends head_ and send_body_. The file is closed first: a slow reader must not keep it in use.
Action Session::Machine::deliver() {
  head_.end();
  if (head_.overflowed()) return give_up();  // its length is bounded: see response_head_bytes_max
  send_head_ = head_.bytes();
  if (file_ != OpenFile::download) return send_rest();
  file_ = OpenFile::none;
  return enter(State::closing_before_response, never, CloseFile{});
}

Action Session::Machine::send_rest() {
  response_begun_ = true;
  return enter(State::sending_response, in(config_.timeouts.progress),
               Send{send_head_, send_body_});
}

Action Session::Machine::response_sent(const Outcome& outcome) {
  const std::size_t head_bytes = std::min(outcome.bytes, send_head_.size());
  const std::size_t body_bytes = std::min(outcome.bytes - head_bytes, send_body_.size());
  record_.body_bytes_sent += body_bytes;
  if (outcome.result != Result::ok || outcome.bytes == 0) return lose(outcome);
  send_head_ = send_head_.subspan(head_bytes);
  send_body_ = send_body_.subspan(body_bytes);
  if (!send_head_.empty() || !send_body_.empty()) return send_rest();
  return response_ended();
}

Action Session::Machine::response_ended() {
  if (head_begun_) finish_record(head_.status(), request_body_.done() && !framing_broken_);
  if (file_ != OpenFile::download) return conclude();
  file_ = OpenFile::none;
  return enter(State::closing_after_response, never, CloseFile{});
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

Action Session::Machine::skip_body() {
  if (!in_.empty()) in_.consume(request_body_.take(in_.bytes()).consumed);
  if (request_body_.done()) return next_request();
  const std::span<std::byte> room = in_.room();
  // The whole rest within one progress time: it is short.
  return enter(State::skipping_body, progress_.deadline(config_.timeouts.progress),
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

}  // namespace overlap
