// Request heads: waiting for one, reading it, finding out who asks, choosing what answers it.
#include <utility>
#include <variant>

#include "common/path/url_path.h"
#include "common/protocol/grammar.h"
#include "common/transfer/machine.h"

namespace overlap {
namespace {

using access::LoginResult;
using access::Right;
using protocol::HeadStatus;
using protocol::Method;

// What RFC 9110, section 10.2.1 calls the methods of a resource.
constexpr std::string_view methods_of_names =
    "GET, HEAD, PUT, POST, DELETE, MKCOL, MOVE, COPY, OPTIONS";
constexpr std::string_view methods_of_uploads = "HEAD, PATCH, DELETE, OPTIONS";

constexpr bool names_accept(Method method) noexcept {
  switch (method) {
    case Method::get:
    case Method::head:
    case Method::put:
    case Method::post:
    case Method::remove:
    case Method::make_folder:
    case Method::move:
    case Method::copy: return true;
    default: return false;
  }
}
constexpr bool uploads_accept(Method method) noexcept {
  return method == Method::head || method == Method::patch || method == Method::remove;
}

}  // namespace

Action Session::Machine::next_request() {
  reader_.restart();
  request_body_ = RequestBody();
  method_ = Method::unknown;
  path_ = destination_ = {};
  upload_id_.clear();
  upload_ = {};
  user_.reset();
  multipart_.reset();
  digest_.reset();
  info_ = {};
  broken_off_ = 0;
  metadata_.clear();
  // The page of a large folder is not kept through a wait for the next request.
  if (text_.capacity() > kept_body_bytes) std::string().swap(text_);
  speaks_tus_ = false;
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
    begin_record();
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
  if (config_.uploads.resumable) {
    speaks_tus_ = head.header("Tus-Resumable").has_value();
    if (const auto id = protocol::upload_id_of(head.path)) upload_id_ = *id;
  }
  if (method_ == Method::options) return answer_options();
  if (!(upload_id_.empty() ? names_accept(method_) : uploads_accept(method_)))
    return refuse_method();
  if (upload_id_.empty()) {
    if (auto refused = take_target()) return std::move(*refused);
  }
  return identify();
}

Action Session::Machine::answer_options() {
  begin_response(204);
  head_.add("Allow", upload_id_.empty() ? methods_of_names : methods_of_uploads);
  if (config_.uploads.resumable) protocol::add_upload_options(head_, upload_limits());
  return deliver();
}

Action Session::Machine::refuse_method() {
  text_ = record_.method;
  // A tunnel would begin after CONNECT: what follows is not HTTP.
  if (method_ == Method::connect) framing_broken_ = true;
  if (method_ == Method::unknown) {
    text_ += " is not a method that is known here.\n";
    begin_response(501);
  } else {
    text_ += upload_id_.empty() ? " is not offered here.\n" : " is not offered for an upload.\n";
    begin_response(405);
    head_.add("Allow", upload_id_.empty() ? methods_of_names : methods_of_uploads);
  }
  return answer_with_text();
}

std::optional<Action> Session::Machine::take_target() {
  auto parsed = parse_url_path(reader_.head().path);
  if (auto* path = std::get_if<StorePath>(&parsed)) {
    path_ = std::move(*path);
    return std::nullopt;
  }
  return refuse_path(std::get<PathRefusal>(parsed));
}

Action Session::Machine::refuse_path(const PathRefusal& refusal) {
  const bool too_long = refusal.error == PathError::segment_too_long ||
                        refusal.error == PathError::path_too_long ||
                        refusal.error == PathError::too_many_segments;
  return refuse(too_long ? 414 : 400, describe(refusal));
}

// Such a body means nothing, and is how requests are smuggled (RFC 9110, 9.3.1).
std::optional<Action> Session::Machine::refuse_any_body() {
  if (request_body_.done()) return std::nullopt;
  framing_broken_ = true;
  return refuse(400, "A " + record_.method + " request with a body is not accepted.");
}

Action Session::Machine::identify() {
  const protocol::RequestHead& head = reader_.head();
  std::optional<std::string_view> authorization;
  for (const protocol::HeaderField& field : head.fields) {
    if (!protocol::equals_ignoring_case(field.name, "Authorization")) continue;
    if (authorization) return refuse(400, "The request has more than one Authorization.");
    authorization = field.value;
  }
  if (!authorization) {
    if (!peer_->certificate_name.empty()) user_ = config_.gate.named(peer_->certificate_name);
    if (!user_) user_ = config_.gate.anonymous();
    record_.user = user_->name();
    return route();
  }
  const auto known = config_.gate.recall(*authorization, *peer_, now_.monotonic);
  return known ? logged_in(*known) : enter(State::logging_in, never, LogIn{*authorization});
}

Action Session::Machine::logged_in(const access::LoginOutcome& outcome) {
  switch (outcome.result) {
    case LoginResult::ok:
      user_ = outcome.user;
      record_.user = user_->name();
      return route();
    case LoginResult::malformed:
      return demand_login("The Authorization is neither Basic nor Bearer credentials.\n");
    case LoginResult::insecure:
      return refuse(403, "A password is not accepted over a connection without TLS.");
    case LoginResult::busy:
      text_ = "Too many log-ins wait for their turn; try again in a moment.\n";
      begin_response(503);
      add_dialect();
      head_.add("Retry-After", "1");
      return answer_with_text();
    case LoginResult::wrong: break;
  }
  if (outcome.wait <= Instant::zero()) return refuse_login();
  return pause(now_.monotonic + outcome.wait, &Machine::refuse_login);
}

Action Session::Machine::refuse_login() {
  return demand_login("The user name, the password or the token is wrong.\n");
}

Action Session::Machine::demand_login(std::string sentence) {
  text_ = std::move(sentence);
  return release_upload(&Machine::answer_login_demand);
}

Action Session::Machine::answer_login_demand() {
  begin_response(401);
  add_dialect();
  // Where a password would not be accepted, none is asked for.
  if (peer_->secure || peer_->loopback)
    head_.add("WWW-Authenticate", "Basic realm=\"" + config_.realm + "\", charset=\"UTF-8\"");
  head_.add("WWW-Authenticate", "Bearer realm=\"" + config_.realm + "\"");
  return answer_with_text();
}

std::optional<Action> Session::Machine::forbid(access::Rights wanted, const StorePath& path,
                                               std::string_view what) {
  if (user_->rights(path).includes(wanted)) return std::nullopt;
  return forbidden(path, what);
}

std::optional<Action> Session::Machine::forbid_throughout(access::Rights wanted,
                                                          const StorePath& path,
                                                          std::string_view what) {
  if (user_->rights_throughout(path).includes(wanted)) return std::nullopt;
  return forbidden(path, what);
}

Action Session::Machine::forbidden(const StorePath& path, std::string_view what) {
  const std::string object = named(path);
  if (user_->name().empty())
    return demand_login(std::string(what) + ' ' + object + " needs a user name.\n");
  return refuse(
      403, std::string(what) + ' ' + object + " is not allowed to the user " + user_->name() + '.');
}

Action Session::Machine::route() {
  switch (method_) {
    case Method::get:
    case Method::head:
      if (!upload_id_.empty()) return begin_query();
      return path_.names_folder() ? begin_listing() : begin_download();
    case Method::put: return path_.names_folder() ? make_folder() : begin_upload();
    case Method::post: return begin_creation();
    case Method::patch: return begin_append();
    case Method::remove: return upload_id_.empty() ? begin_remove() : begin_cancel();
    case Method::make_folder: return make_folder();
    case Method::move:
    case Method::copy: return begin_move_or_copy();
    default: return refuse_method();
  }
}

}  // namespace overlap
