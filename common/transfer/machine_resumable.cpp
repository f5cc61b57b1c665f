// Uploads that survive their connection, in both dialects: creation, append, query, cancel.
#include <utility>
#include <variant>

#include "common/transfer/machine.h"

namespace overlap {
namespace {

using access::Right;
using Kind = UploadBody::Kind;
using protocol::UploadDialect;
using protocol::UploadRefusal;

}  // namespace

protocol::UploadLimits Session::Machine::upload_limits() const noexcept {
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(config_.uploads.expire);
  return {config_.limits.body_bytes_max, static_cast<std::uint64_t>(age.count())};
}

// POST, or a PUT that asks to be resumable.
Action Session::Machine::begin_creation() {
  if (!config_.uploads.resumable) return refuse_method();
  auto request = protocol::interpret_upload(reader_.head());
  if (const auto* refusal = std::get_if<UploadRefusal>(&request)) return refuse_upload(*refusal);
  auto* creation = std::get_if<protocol::UploadCreation>(&request);
  if (!creation) {
    return refuse(400,
                  "A POST begins a resumable upload: neither Tus-Resumable nor Upload-Complete is "
                  "there.");
  }
  if (auto refused = judge_body_head()) return std::move(*refused);
  if (auto refused = read_promises()) return std::move(*refused);
  if (path_.names_folder()) {
    if (auto refused = take_file_name(creation->file_name)) return std::move(*refused);
  }
  if (creation->length > config_.limits.body_bytes_max)
    return refuse(413, "The upload is larger than is accepted here.");
  // A client that could not learn the address of the upload could not resume it either.
  const bool whole_at_once = creation->complete && creation->interop_version == 0;
  upload_.kind = whole_at_once ? Kind::plain : Kind::creation;
  upload_.dialect = creation->dialect;
  upload_.complete = creation->complete;
  upload_.length = creation->length;
  if (upload_.length) request_body_.limit(*upload_.length);
  upload_.checksum = creation->checksum;
  upload_.interop_version = creation->interop_version;
  metadata_ = creation->metadata;
  return create_upload();
}

// The name of the file comes with the request, its folder is the target.
std::optional<Action> Session::Machine::take_file_name(const std::string& name) {
  if (name.empty()) {
    return refuse(400, named() +
                           " is a folder: the name of the file is missing, as the filename of "
                           "Upload-Metadata or of Content-Disposition.");
  }
  const std::string address = to_url_path(path_) + encode_segment(name);
  auto parsed = parse_url_path(address);
  if (const auto* refusal = std::get_if<PathRefusal>(&parsed)) return refuse_path(*refusal);
  path_ = std::get<StorePath>(std::move(parsed));
  return std::nullopt;
}

Action Session::Machine::begin_append() {
  const protocol::RequestHead& head = reader_.head();
  const auto request = protocol::interpret_upload(head);
  if (const auto* refusal = std::get_if<UploadRefusal>(&request)) return refuse_upload(*refusal);
  const auto* append = std::get_if<protocol::UploadAppend>(&request);
  if (!append) return refuse(400, "A PATCH appends to an upload: Upload-Offset is missing.");
  if (auto refused = judge_body_head()) return std::move(*refused);
  if (auto refused = read_promises()) return std::move(*refused);
  if (append->length > config_.limits.body_bytes_max)
    return refuse(413, "The upload is larger than is accepted here.");
  upload_.repr_digest.reset();  // of the whole: told when the upload was created
  upload_.kind = Kind::append;
  upload_.dialect = append->dialect;
  upload_.complete = append->complete;
  upload_.checksum = append->checksum;
  upload_.id = upload_id_;
  append_ = *append;
  upload_since_ = now_.monotonic;
  return ask_append();
}

Action Session::Machine::ask_append() {
  Ask open;
  open.verb = StoreVerb::append;
  open.upload_id = upload_id_;
  open.offset = append_.offset;
  open.terms.length = append_.length;
  return ask(std::move(open), &Machine::append_opened);
}

// Another connection still writes to the upload, perhaps one whose network is gone. It was told to
// end; what can be said of the upload is known when it has.
Action Session::Machine::wait_for_holder(Step again) {
  if (now_.draining || now_.monotonic >= upload_since_ + holder_time_max) {
    text_ = "Another connection still writes to this upload; it was told to end.\n";
    begin_response(423);
    add_dialect();
    head_.add("Retry-After", "1");
    return answer_with_text();
  }
  return pause(now_.monotonic + holder_look_time, again);
}

Action Session::Machine::append_opened(StoreOutcome& outcome) {
  if (outcome.error == StoreError::upload_in_use) return wait_for_holder(&Machine::ask_append);
  path_ = outcome.path;
  if (outcome.error == StoreError::none) file_ = OpenFile::upload;
  upload_.start = upload_.remembered = offset_ = outcome.upload.offset;
  const bool judged =
      outcome.error == StoreError::none || outcome.error == StoreError::wrong_offset ||
      outcome.error == StoreError::wrong_length || outcome.error == StoreError::already_complete;
  if (judged) {
    const auto refusal = protocol::judge_append(append_, outcome.upload, request_body_.left());
    if (refusal) return refuse_upload(*refusal);
  }
  if (outcome.error == StoreError::already_complete) return answer_resumable(outcome.upload, false);
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  if (auto refused = forbid(Right::write, path_, "Writing")) return std::move(*refused);

  upload_.length = outcome.upload.length;
  const std::uint64_t length_max = upload_.length.value_or(config_.limits.body_bytes_max);
  const std::uint64_t room = length_max - std::min(length_max, offset_);
  if (request_body_.left().value_or(0) > room)
    return refuse(413, "The upload is larger than is accepted here.");
  request_body_.limit(room);
  return begin_body();
}

Action Session::Machine::finish_resumable_body() {
  const protocol::UploadState state{offset_, upload_.length, false, 0};
  switch (protocol::progress_after(upload_.dialect, upload_.complete, state)) {
    case protocol::UploadProgress::complete: return commit({});
    case protocol::UploadProgress::contradictory:
      return refuse_upload(protocol::upload_contradiction(upload_.dialect));
    case protocol::UploadProgress::incomplete: break;
  }
  Ask suspend;
  suspend.verb = StoreVerb::suspend;
  suspend.offset = offset_;
  return ask(std::move(suspend), &Machine::upload_suspended);
}

Action Session::Machine::upload_suspended(StoreOutcome& outcome) {
  file_ = OpenFile::none;
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  return answer_resumable(outcome.upload, false);
}

// `state` as it is now; if it is complete, info_ is the file.
Action Session::Machine::answer_resumable(const protocol::UploadState& state, bool created) {
  if (method_ == protocol::Method::head) return answer_query(state);
  if (upload_.kind == Kind::creation && !(state.complete && upload_.complete)) {
    begin_response(201);
    protocol::add_upload_created(head_, upload_.dialect, upload_.id, state, upload_limits());
    head_.add("Content-Length", std::uint64_t{0});
    return deliver();
  }
  begin_response(created && upload_.dialect == UploadDialect::draft ? 201 : 204);
  protocol::add_upload_appended(head_, upload_.dialect, state);
  // Clients of the draft learn the address of an upload from any answer to its creation.
  if (upload_.kind == Kind::creation) head_.add("Location", protocol::upload_path(upload_.id));
  if (head_.status() == 201) head_.add("Content-Length", std::uint64_t{0});
  if (state.complete && info_.file_id != 0) add_validators();
  return deliver();
}

Action Session::Machine::begin_query() {
  if (auto refused = refuse_any_body()) return std::move(*refused);
  const auto request = protocol::interpret_upload(reader_.head());
  if (const auto* refusal = std::get_if<UploadRefusal>(&request)) return refuse_upload(*refusal);
  if (const auto* query = std::get_if<protocol::UploadQuery>(&request))
    upload_.dialect = query->dialect;
  upload_since_ = now_.monotonic;
  return ask_query();
}

Action Session::Machine::ask_query() {
  Ask query;
  query.verb = StoreVerb::query;
  query.upload_id = upload_id_;
  return ask(std::move(query), &Machine::queried);
}

Action Session::Machine::queried(StoreOutcome& outcome) {
  if (outcome.error == StoreError::upload_in_use) return wait_for_holder(&Machine::ask_query);
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  metadata_ = std::move(outcome.metadata);
  const protocol::UploadState& state = outcome.upload;
  if (upload_.dialect != UploadDialect::tus || state.complete || state.length != state.offset)
    return answer_query(state);
  // All of it is there and it has not become its file: the service ended before, or the target was
  // held. A tus client asks for nothing more once it reads that offset, so it is finished now.
  Ask open;
  open.verb = StoreVerb::append;
  open.upload_id = upload_id_;
  open.offset = state.offset;
  return ask(std::move(open), &Machine::unfinished_opened);
}

Action Session::Machine::unfinished_opened(StoreOutcome& outcome) {
  if (outcome.error == StoreError::upload_in_use) return wait_for_holder(&Machine::ask_query);
  path_ = outcome.path;
  if (outcome.error == StoreError::already_complete) return answer_query(outcome.upload);
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  file_ = OpenFile::upload;
  upload_.kind = Kind::append;
  upload_.start = upload_.remembered = offset_ = outcome.upload.offset;
  if (auto refused = forbid(Right::write, path_, "Writing")) return std::move(*refused);
  return commit({});
}

Action Session::Machine::answer_query(const protocol::UploadState& state) {
  begin_response(protocol::query_status(upload_.dialect));
  protocol::add_upload_state(head_, upload_.dialect, state, upload_limits(), now_.unix_seconds,
                             metadata_);
  if (head_.status() == 200) head_.add("Content-Length", std::uint64_t{0});
  return deliver();
}

Action Session::Machine::begin_cancel() {
  if (auto refused = refuse_any_body()) return std::move(*refused);
  const auto request = protocol::interpret_upload(reader_.head());
  if (const auto* refusal = std::get_if<UploadRefusal>(&request)) return refuse_upload(*refusal);
  if (const auto* cancel = std::get_if<protocol::UploadCancel>(&request))
    upload_.dialect = cancel->dialect;
  Ask cancel;
  cancel.verb = StoreVerb::cancel;
  cancel.upload_id = upload_id_;
  return ask(std::move(cancel), &Machine::cancelled);
}

Action Session::Machine::cancelled(StoreOutcome& outcome) {
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  begin_response(204);
  protocol::add_upload_cancelled(head_, upload_.dialect);
  return deliver();
}

Action Session::Machine::refuse_upload(const UploadRefusal& refusal) {
  upload_refusal_ = refusal;
  return release_upload(&Machine::answer_upload_refusal);
}

Action Session::Machine::answer_upload_refusal() {
  text_ = protocol::refusal_body(upload_refusal_);
  begin_response(upload_refusal_.status);
  protocol::add_upload_refusal(head_, upload_refusal_);
  return answer_with_text(protocol::refusal_content_type(upload_refusal_));
}

}  // namespace overlap
