// Request heads: waiting for one, reading it, choosing what answers it.
#include <utility>
#include <variant>

#include "common/path/url_path.h"
#include "common/transfer/machine.h"

namespace overlap {
namespace {

using protocol::HeadStatus;
using protocol::Method;

constexpr std::string_view allowed_methods = "GET, HEAD, PUT, OPTIONS";

}  // namespace

Action Session::Machine::next_request() {
  reader_.restart();
  request_body_ = RequestBody();
  method_ = Method::unknown;
  path_ = {};
  continue_wanted_ = framing_broken_ = head_begun_ = line_skipped_ = response_begun_ = false;
  body_.release_above(kept_body_bytes);
  if (in_.empty()) in_.shrink();
  idle_since_ = now_.monotonic;
  if (!in_.empty()) return read_head();
  // The listener cancels the sessions that were idle when its stop began; this one ends itself.
  return now_.draining && state_ != State::created ? close(CloseReason::stopping) : receive_head();
}

Action Session::Machine::receive_head() {
  const Instant deadline =
      head_begun_ ? head_since_ + config_.timeouts.head : idle_since_ + config_.timeouts.idle;
  return enter(State::receiving_head, deadline, Receive{in_.room()});
}

Action Session::Machine::head_received(const Outcome& outcome) {
  if (outcome.result == Result::ok && outcome.bytes > 0) {
    in_.received(outcome.bytes);
    return read_head();
  }
  if (outcome.result == Result::timeout) {
    if (!head_begun_) return close(CloseReason::idle_timeout);
    note_request_line();
    framing_broken_ = true;
    reason_ = CloseReason::head_timeout;
    return refuse(408, "The request head did not arrive in time.");
  }
  const bool ended = outcome.result == Result::ok || outcome.result == Result::eof;
  if (ended && !head_begun_) return close(CloseReason::finished);
  return lose(outcome);
}

Action Session::Machine::read_head() {
  // RFC 9112, 2.2: an empty line before a request is ignored. One, lest it be endless.
  if (!head_begun_ && !line_skipped_ && in_.text().starts_with("\r\n")) {
    in_.consume(2);
    line_skipped_ = true;
  }
  if (in_.empty() || (!head_begun_ && !line_skipped_ && in_.text() == "\r")) return receive_head();
  if (!head_begun_) {
    head_begun_ = true;
    head_since_ = now_.monotonic;
    record_.method.clear();
    record_.target.clear();
    record_.body_bytes_received = record_.body_bytes_sent = 0;
  }
  switch (reader_.read(in_.text())) {
    case HeadStatus::incomplete: return receive_head();
    case HeadStatus::refused: return refuse_head();
    case HeadStatus::complete: break;
  }
  return begin_request();
}

Action Session::Machine::refuse_head() {
  note_request_line();
  framing_broken_ = true;
  return refuse(reader_.refusal().status, reader_.refusal().sentence);
}

// What can be told of a head that is not understood: for the record, and because the response to a
// HEAD has no body whatever else is wrong.
void Session::Machine::note_request_line() {
  const std::string_view line = in_.text().substr(0, in_.text().find_first_of("\r\n"));
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || space > protocol::method_bytes_max) return;
  const std::string_view rest = line.substr(space + 1);
  record_.method.assign(line.substr(0, space));
  record_.target.assign(rest.substr(0, rest.find(' ')).substr(0, recorded_target_bytes_max));
  method_ = protocol::method_of(record_.method);
}

Action Session::Machine::begin_request() {
  const protocol::RequestHead& head = reader_.head();
  record_.method.assign(head.method_text);
  record_.target.assign(head.target.substr(0, recorded_target_bytes_max));
  method_ = head.method;
  http_1_0_ = head.minor_version == 0;
  client_keeps_ = head.keep_alive;
  continue_wanted_ = head.expectation == protocol::Expectation::continue_100;
  request_body_ = RequestBody(head, config_.limits.body_bytes_max);
  in_.consume(head.size);  // the views of `head` stay valid until more is received
  if (head.expectation == protocol::Expectation::unknown)
    return refuse(417, "The only expectation understood is 100-continue.");
  switch (method_) {
    case Method::get:
    case Method::head: return begin_download();
    case Method::put: return begin_upload();
    case Method::options: return answer_options();
    default: return refuse_method();
  }
}

Action Session::Machine::answer_options() {
  begin_response(204);
  head_.add("Allow", allowed_methods);
  return deliver();
}

Action Session::Machine::refuse_method() {
  text_ = record_.method;
  if (method_ == Method::unknown) {
    text_ += " is not a method of HTTP that is known here.\n";
    return answer_with_text(501);
  }
  // A tunnel would begin after CONNECT: what follows is not HTTP.
  if (method_ == Method::connect) framing_broken_ = true;
  text_ += " is not offered here.\n";
  return answer_with_text(405, "Allow", allowed_methods);
}

std::optional<Action> Session::Machine::take_path() {
  auto parsed = parse_url_path(reader_.head().path);
  if (auto* path = std::get_if<StorePath>(&parsed)) {
    path_ = std::move(*path);
    return std::nullopt;
  }
  const PathRefusal& refusal = std::get<PathRefusal>(parsed);
  const bool too_long = refusal.error == PathError::segment_too_long ||
                        refusal.error == PathError::path_too_long ||
                        refusal.error == PathError::too_many_segments;
  return refuse(too_long ? 414 : 400, describe(refusal));
}

}  // namespace overlap
