// Bodies that become files: judge the head, make the file, fill it, commit it. Whatever fails on
// the way leaves nothing visible: what can be resumed is kept aside, anything else is deleted.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <variant>

#include "common/protocol/digest_fields.h"
#include "common/protocol/etag.h"
#include "common/protocol/grammar.h"
#include "common/protocol/problem.h"
#include "common/transfer/machine.h"

namespace overlap {
namespace {

using access::Right;
using Kind = UploadBody::Kind;

constexpr std::string_view continue_text = "HTTP/1.1 100 Continue\r\n\r\n";

// Microsoft, "System Error Codes": ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL,
// ERROR_DISK_QUOTA_EXCEEDED.
bool means_no_space(std::uint32_t native) noexcept {
  return native == 39 || native == 112 || native == 1295;
}

}  // namespace

std::optional<Action> Session::Machine::judge_body_head() {
  const protocol::RequestHead& head = reader_.head();
  if (head.content_length > config_.limits.body_bytes_max)
    return refuse(413, "The body is larger than is accepted here.");
  if (head.header("Content-Range"))  // RFC 9110, 14.5
    return refuse(400, "A body is stored as it is: Content-Range is not accepted.");
  const auto coding = head.header("Content-Encoding");
  if (coding && !protocol::equals_ignoring_case(*coding, "identity"))
    return refuse(415, "Files are stored as they are sent: no Content-Encoding is accepted.");
  return std::nullopt;
}

std::optional<Action> Session::Machine::read_promises() {
  const protocol::RequestHead& head = reader_.head();
  const auto content = protocol::read_digest(head, "Content-Digest");
  if (const auto* refusal = std::get_if<protocol::Refusal>(&content)) return refuse(*refusal);
  const auto repr = protocol::read_digest(head, "Repr-Digest");
  if (const auto* refusal = std::get_if<protocol::Refusal>(&repr)) return refuse(*refusal);
  upload_.content_digest = std::get<std::optional<protocol::Digest>>(content);
  upload_.repr_digest = std::get<std::optional<protocol::Digest>>(repr);
  return std::nullopt;
}

// PUT of a file.
Action Session::Machine::begin_upload() {
  const protocol::RequestHead& head = reader_.head();
  if (config_.uploads.resumable) {
    const auto request = protocol::interpret_upload(head);
    if (!std::holds_alternative<protocol::NotResumable>(request)) return begin_creation();
  }
  if (head.framing == protocol::Framing::none) {
    // A client that forgets to say how long its body is sends one all the same.
    framing_broken_ = true;
    return refuse(411, "A PUT needs a Content-Length or a chunked body.");
  }
  if (auto refused = judge_body_head()) return std::move(*refused);
  if (auto refused = read_promises()) return std::move(*refused);
  return create_upload();
}

Action Session::Machine::create_upload() {
  if (auto refused = forbid(Right::write, path_, "Writing")) return std::move(*refused);
  Ask create;
  create.verb = StoreVerb::create;
  create.path = path_;
  if (auto refused = take_condition(create.condition)) return std::move(*refused);
  create.terms.resumable = upload_.resumable();
  create.terms.length = upload_.length;
  if (!create.terms.length && (!upload_.resumable() || upload_.complete))
    create.terms.length = request_body_.left();
  if (upload_.resumable()) {
    // The whole is there at the end of some later request: the store judges it then.
    if (upload_.repr_digest) create.terms.digests.push_back(*upload_.repr_digest);
    upload_.repr_digest.reset();
    create.terms.metadata = std::move(metadata_);
  }
  return ask(std::move(create), &Machine::upload_created);
}

Action Session::Machine::upload_created(StoreOutcome& outcome) {
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  file_ = OpenFile::upload;
  upload_.id = std::move(outcome.upload_id);
  upload_.start = upload_.remembered = offset_ = 0;
  return begin_body();
}

// The file is open and receives at offset_.
Action Session::Machine::begin_body() {
  filled_ = written_ = 0;
  upload_.begin_hashing();
  const std::uint64_t left = request_body_.left().value_or(config_.limits.chunk_bytes);
  body_.reserve(static_cast<std::size_t>(
      std::min<std::uint64_t>(config_.limits.chunk_bytes, std::max<std::uint64_t>(left, 1))));
  text_.clear();
  if (upload_.kind == Kind::creation && upload_.interop_version != 0 && !http_1_0_) {
    protocol::build_announcement(head_, upload_.id, upload_limits(), upload_.interop_version);
    text_ = head_.text();
  }
  // A client that has begun to send does not wait for leave (RFC 9110, 10.1.1).
  if (continue_wanted_ && !request_body_.done() && in_.empty()) text_ += continue_text;
  continue_wanted_ = false;
  progress_.begin(now_.monotonic);
  if (text_.empty()) return receive_body();
  send_head_ = std::as_bytes(std::span(text_));
  return send_interim();
}

Action Session::Machine::send_interim() {
  return enter(State::sending_interim, in(config_.timeouts.progress), Send{send_head_, {}});
}

Action Session::Machine::interim_sent(const Outcome& outcome) {
  if (outcome.result != Result::ok || outcome.bytes == 0) return lose(outcome);
  send_head_ = send_head_.subspan(std::min(outcome.bytes, send_head_.size()));
  if (!send_head_.empty()) return send_interim();
  progress_.begin(now_.monotonic);
  return receive_body();
}

// Goes on with the upload: decodes what has come, then asks for whatever is needed next.
Action Session::Machine::receive_body() {
  const std::size_t taken = take_pending_input();
  return taken > 0 ? after_receiving(taken, &Machine::go_on_with_body) : go_on_with_body();
}

Action Session::Machine::go_on_with_body() {
  if (request_body_.status() == RequestBody::Status::refused) {
    framing_broken_ = true;
    return refuse(request_body_.refusal());
  }
  if (request_body_.done()) return filled_ > 0 ? write_body() : finish_body();
  const std::size_t free = body_.capacity() - filled_;
  // Framing takes room too: a chunked body is not received into the last few bytes.
  const bool chunked = !request_body_.left();
  if (free == 0 || (chunked && filled_ > 0 && free < body_.capacity() / 4)) return write_body();
  std::size_t wanted = std::min(free, request_body_.receive_bytes_max());
  if (const std::uint64_t rate = receive_rate())
    wanted = static_cast<std::size_t>(std::clamp<std::uint64_t>(rate / 4, 1, wanted));
  return enter(State::receiving_body, progress_.deadline(),
               Receive{body_.between(filled_, filled_ + wanted)});
}

// What came together with the head; says how much of it was for the body.
std::size_t Session::Machine::take_pending_input() {
  std::size_t taken = 0;
  while (!in_.empty() && request_body_.status() == RequestBody::Status::more &&
         filled_ < body_.capacity()) {
    const std::size_t count = std::min(in_.size(), body_.capacity() - filled_);
    const auto into = body_.between(filled_, filled_ + count);
    std::memcpy(into.data(), in_.bytes().data(), count);
    const std::size_t consumed = take_body(into);
    in_.consume(consumed);
    taken += consumed;
  }
  return taken;
}

// Decodes what lies behind filled_; says how much of it belonged to the body.
std::size_t Session::Machine::take_body(std::span<std::byte> input) {
  const RequestBody::Taken taken = request_body_.take(input);
  upload_.hash(input.first(taken.data_bytes));
  filled_ += taken.data_bytes;
  record_.body_bytes_received += taken.data_bytes;
  return taken.consumed;
}

Action Session::Machine::body_received(const Outcome& outcome) {
  if (outcome.result == Result::timeout) {
    reason_ = CloseReason::slow_peer;
    return break_off(408, "The body did not arrive in time.");
  }
  const bool ended =
      outcome.result == Result::eof || (outcome.result == Result::ok && outcome.bytes == 0);
  if (ended) {  // the peer may have closed one direction only
    reason_ = CloseReason::peer_lost;
    return break_off(400, "The body ended before it was complete.");
  }
  if (outcome.result != Result::ok) return lose_body(outcome);

  progress_.received(outcome.bytes, now_.monotonic);
  const auto input = body_.between(filled_, filled_ + outcome.bytes);
  const std::size_t consumed = take_body(input);
  if (request_body_.done()) in_.put_back(input.subspan(consumed));
  return after_receiving(outcome.bytes, &Machine::receive_body);
}

// The connection is lost, or stopped. Nobody can be told.
Action Session::Machine::lose_body(const Outcome& outcome) {
  if (!upload_.may_checkpoint() || written_ == filled_) return lose(outcome);
  reason_ = outcome.result == Result::cancelled ? CloseReason::stopping : CloseReason::peer_lost;
  broken_off_ = unanswered;
  return write_body();
}

// The rest of the body will not come. What has come of a resumable upload is not thrown away.
Action Session::Machine::break_off(int status, std::string_view sentence) {
  framing_broken_ = true;
  broken_off_ = status;
  text_ = sentence;
  if (upload_.may_checkpoint() && written_ < filled_) return write_body();
  return refuse(status, sentence);
}

Action Session::Machine::write_body() {
  return enter(State::writing, never, Write{offset_, body_.between(written_, filled_)});
}

Action Session::Machine::body_written(const Outcome& outcome) {
  if (outcome.result == Result::cancelled) return abandon(CloseReason::stopping);
  if (outcome.result != Result::ok || outcome.bytes == 0) {
    if (broken_off_ == unanswered) return abandon(reason_);
    if (means_no_space(outcome.native))
      return refuse(507, "There is not enough space to store " + named() + ".");
    return refuse(500, named() + " could not be written.");
  }
  offset_ += outcome.bytes;
  written_ += outcome.bytes;
  if (written_ < filled_) return write_body();
  filled_ = written_ = 0;
  return body_stored();
}

// All that has been received is in the file.
Action Session::Machine::body_stored() {
  if (broken_off_ == unanswered) return abandon(reason_);
  if (broken_off_ != 0) return refuse(broken_off_, std::string(text_));
  progress_.begin(now_.monotonic);  // the peer could not send while the file was slow
  const bool due = offset_ - upload_.remembered >= checkpoint_bytes;
  // Where the length is not known, it is also where the store looks whether there is room for more.
  const bool wanted = upload_.may_checkpoint() || !request_body_.left();
  if (!due || !wanted || request_body_.done()) return receive_body();
  Ask checkpoint;
  checkpoint.verb = StoreVerb::checkpoint;
  checkpoint.offset = upload_.may_checkpoint() ? offset_ : upload_.start;
  return ask(std::move(checkpoint), &Machine::checkpointed);
}

Action Session::Machine::checkpointed(StoreOutcome& outcome) {
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  upload_.remembered = offset_;
  progress_.begin(now_.monotonic);
  return receive_body();
}

Action Session::Machine::finish_body() {
  const UploadBody::Verdict verdict = upload_.judge();
  if (!verdict.checksum_holds) {
    protocol::UploadRefusal refusal;
    refusal.dialect = upload_.dialect;
    refusal.status = 460;
    refusal.sentence = "The body is not what Upload-Checksum says.";
    return refuse_upload(refusal);
  }
  if (!verdict.content_holds) return refuse_digest("Content-Digest");
  if (!verdict.repr_holds) return refuse_digest("Repr-Digest");
  upload_.start = offset_;  // whatever comes now, these bytes are good
  if (upload_.dialect == protocol::UploadDialect::draft && upload_.complete && upload_.length &&
      *upload_.length != offset_) {
    protocol::UploadRefusal refusal;
    refusal.dialect = upload_.dialect;
    refusal.sentence = "The upload ends at another length than was told before.";
    refusal.problem = protocol::UploadProblem::inconsistent_length;
    return refuse_upload(refusal);
  }
  return upload_.resumable() ? finish_resumable_body() : commit(verdict.known);
}

Action Session::Machine::refuse_digest(std::string_view field) {
  return refuse(400, "The content that arrived is not what " + std::string(field) +
                         " says: nothing was stored.");
}

Action Session::Machine::commit(std::optional<protocol::Digest> known) {
  Ask commit;
  commit.verb = StoreVerb::commit;
  commit.offset = offset_;
  commit.known_digest = known;
  if (known) record_.digest = protocol::DigestText(*known).text();
  return ask(std::move(commit), &Machine::upload_committed);
}

Action Session::Machine::upload_committed(StoreOutcome& outcome) {
  file_ = OpenFile::none;
  if (outcome.error == StoreError::wrong_digest) return refuse_digest("Repr-Digest");
  if (outcome.error == StoreError::in_use && !outcome.upload_id.empty() &&
      config_.uploads.resumable) {
    text_ =
        named() + " is in use by another program. The upload is kept: finish it at the Location.\n";
    begin_response(423);
    add_dialect();
    head_.add("Location", protocol::upload_path(outcome.upload_id)).add("Retry-After", "5");
    return answer_with_text();
  }
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  info_ = outcome.info;
  if (upload_.resumable()) {
    const protocol::UploadState state{offset_, offset_, true, 0};
    return answer_resumable(state, outcome.created);
  }
  return answer_committed(outcome.created);
}

Action Session::Machine::answer_committed(bool created) {
  begin_response(created ? 201 : 204);
  head_.add("ETag", protocol::EntityTag(info_.file_id, info_.modified_ticks, info_.size).text());
  if (created) head_.add("Content-Length", std::uint64_t{0});
  return deliver();
}

}  // namespace overlap
