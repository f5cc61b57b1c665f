// PUT: judge the head, create the temporary file, fill it, commit it. Whatever fails on the way
// discards it: a broken upload leaves nothing visible.
#include <algorithm>
#include <array>
#include <cstring>

#include "common/protocol/etag.h"
#include "common/protocol/grammar.h"
#include "common/transfer/machine.h"

namespace overlap {
namespace {

constexpr std::string_view continue_text = "HTTP/1.1 100 Continue\r\n\r\n";

// Microsoft, "System Error Codes": ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL,
// ERROR_DISK_QUOTA_EXCEEDED.
bool means_no_space(std::uint32_t native) noexcept {
  return native == 39 || native == 112 || native == 1295;
}

}  // namespace

Action Session::Machine::begin_upload() {
  const protocol::RequestHead& head = reader_.head();
  if (head.framing == protocol::Framing::none) {
    // A client that forgets to say how long its body is sends one all the same.
    framing_broken_ = true;
    return refuse(411, "A PUT needs a Content-Length or a chunked body.");
  }
  if (!config_.access.anonymous_write)
    return refuse(403, "Writing without a user name is not allowed here.");
  if (head.content_length > config_.limits.body_bytes_max)
    return refuse(413, "The body is larger than is accepted here.");
  if (head.header("Content-Range"))
    return refuse(400, "A PUT stores a whole file: Content-Range is not accepted.");  // 9110, 14.5
  const auto coding = head.header("Content-Encoding");
  if (coding && !protocol::equals_ignoring_case(*coding, "identity"))
    return refuse(415, "Files are stored as they are sent: no Content-Encoding is accepted.");
  if (auto refused = take_path()) return *refused;
  if (path_.names_folder())
    return refuse(409, named() + " names a folder: a file cannot be stored under it.");
  return enter(State::creating, never, Ask{StoreVerb::create, path_, head.content_length});
}

Action Session::Machine::upload_created(const StoreOutcome& outcome) {
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  file_ = OpenFile::upload;
  offset_ = 0;
  filled_ = written_ = 0;
  const std::uint64_t left = request_body_.left().value_or(config_.limits.chunk_bytes);
  body_.reserve(static_cast<std::size_t>(
      std::min<std::uint64_t>(config_.limits.chunk_bytes, std::max<std::uint64_t>(left, 1))));
  // A client that has begun to send does not wait for leave (RFC 9110, 10.1.1).
  if (continue_wanted_ && !request_body_.done() && in_.empty()) return send_continue();
  continue_wanted_ = false;
  progress_.begin(now_.monotonic);
  return receive_body();
}

Action Session::Machine::send_continue() {
  if (continue_wanted_) send_head_ = std::as_bytes(std::span(continue_text));
  continue_wanted_ = false;
  return enter(State::sending_continue, in(config_.timeouts.progress), Send{send_head_, {}});
}

Action Session::Machine::continue_sent(const Outcome& outcome) {
  if (outcome.result != Result::ok || outcome.bytes == 0) return lose(outcome);
  send_head_ = send_head_.subspan(std::min(outcome.bytes, send_head_.size()));
  if (!send_head_.empty()) return send_continue();
  progress_.begin(now_.monotonic);
  return receive_body();
}

// Goes on with the upload: decodes what has come, then asks for whatever is needed next.
Action Session::Machine::receive_body() {
  take_pending_input();
  if (request_body_.status() == RequestBody::Status::refused) {
    framing_broken_ = true;
    const protocol::Refusal& refusal = request_body_.refusal();
    return refuse(refusal.status, refusal.sentence);
  }
  if (request_body_.done()) {
    if (filled_ > 0) return write_body();
    return enter(State::committing, never, Ask{StoreVerb::commit, {}, 0});
  }
  const std::size_t free = body_.capacity() - filled_;
  // Framing takes room too: a chunked body is not received into the last few bytes.
  const bool chunked = !request_body_.left();
  if (free == 0 || (chunked && filled_ > 0 && free < body_.capacity() / 4)) return write_body();
  const std::size_t wanted = std::min(free, request_body_.receive_bytes_max());
  return enter(State::receiving_body, progress_.deadline(config_.timeouts.progress),
               Receive{body_.between(filled_, filled_ + wanted)});
}

// What came together with the head.
void Session::Machine::take_pending_input() {
  while (!in_.empty() && request_body_.status() == RequestBody::Status::more &&
         filled_ < body_.capacity()) {
    const std::size_t count = std::min(in_.size(), body_.capacity() - filled_);
    const auto into = body_.between(filled_, filled_ + count);
    std::memcpy(into.data(), in_.bytes().data(), count);
    const RequestBody::Taken taken = request_body_.take(into);
    in_.consume(taken.consumed);
    filled_ += taken.data_bytes;
    record_.body_bytes_received += taken.data_bytes;
  }
}

Action Session::Machine::body_received(const Outcome& outcome) {
  if (outcome.result == Result::timeout) {
    reason_ = CloseReason::slow_peer;
    framing_broken_ = true;
    return refuse(408, "The body did not arrive in time.");
  }
  const bool ended =
      outcome.result == Result::eof || (outcome.result == Result::ok && outcome.bytes == 0);
  if (ended) {  // the peer may have closed one direction only
    reason_ = CloseReason::peer_lost;
    framing_broken_ = true;
    return refuse(400, "The body ended before it was complete.");
  }
  if (outcome.result != Result::ok) return lose(outcome);

  progress_.received(outcome.bytes, now_.monotonic);
  const auto input = body_.between(filled_, filled_ + outcome.bytes);
  const RequestBody::Taken taken = request_body_.take(input);
  filled_ += taken.data_bytes;
  record_.body_bytes_received += taken.data_bytes;
  if (request_body_.done()) in_.put_back(input.subspan(taken.consumed));
  return receive_body();
}

Action Session::Machine::write_body() {
  return enter(State::writing, never, Write{offset_, body_.between(written_, filled_)});
}

Action Session::Machine::body_written(const Outcome& outcome) {
  if (outcome.result == Result::cancelled) return abandon(CloseReason::stopping);
  if (outcome.result != Result::ok || outcome.bytes == 0) {
    if (means_no_space(outcome.native))
      return refuse(507, "There is not enough space to store " + named() + ".");
    return refuse(500, named() + " could not be written.");
  }
  offset_ += outcome.bytes;
  written_ += outcome.bytes;
  if (written_ < filled_) return write_body();
  filled_ = written_ = 0;
  progress_.begin(now_.monotonic);  // the peer could not send while the file was slow
  return receive_body();
}

Action Session::Machine::upload_committed(const StoreOutcome& outcome) {
  file_ = OpenFile::none;
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  const FileInfo& info = outcome.info;
  begin_response(outcome.created ? 201 : 204);
  head_.add("ETag", protocol::EntityTag(info.file_id, info.modified_ticks, info.size).text());
  if (outcome.created) head_.add("Content-Length", std::uint64_t{0});
  return deliver();
}

Action Session::Machine::upload_discarded() {
  file_ = OpenFile::none;
  if (status_after_discard_ == 0) return close(reason_);
  return answer_with_text(status_after_discard_);
}

}  // namespace overlap
