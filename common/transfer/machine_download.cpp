// GET and HEAD of files: open the file, judge the conditions, send the head and what is wanted of
// the file. Nothing that another program writes meanwhile may end up under a strong validator: a
// short file is read while nobody can write to it, and the end of a longer one is held back until
// the file has been found unchanged.
#include <algorithm>
#include <cstring>

#include "common/protocol/conditions.h"
#include "common/protocol/content_disposition.h"
#include "common/protocol/content_type.h"
#include "common/protocol/digest_fields.h"
#include "common/protocol/etag.h"
#include "common/protocol/http_date.h"
#include "common/transfer/machine.h"

namespace overlap {
namespace {

using access::Right;
using protocol::Method;

protocol::EntityTag tag_of(const FileInfo& info) noexcept {
  return {info.file_id, info.modified_ticks, info.size};
}

}  // namespace

Action Session::Machine::begin_download() {
  if (auto refused = refuse_any_body()) return std::move(*refused);
  if (auto refused = forbid(Right::read, path_, "Reading")) return std::move(*refused);
  Ask open;
  open.verb = StoreVerb::open;
  open.path = path_;
  return ask(std::move(open), &Machine::file_opened);
}

Action Session::Machine::file_opened(StoreOutcome& outcome) {
  if (outcome.error == StoreError::is_folder) return redirect_to_folder();
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  file_ = OpenFile::download;
  info_ = outcome.info;
  const protocol::EntityTag tag = tag_of(info_);
  const protocol::Validators current{tag.text(), info_.unstable, info_.modified_unix_seconds};
  const protocol::RequestHead& head = reader_.head();
  switch (protocol::evaluate(head, current, now_.unix_seconds)) {
    case protocol::Verdict::proceed: break;
    case protocol::Verdict::not_modified:
      begin_response(304);
      add_validators();
      return deliver();
    case protocol::Verdict::failed:
      return refuse(412, named() + " is not in the state that the request demands.");
    case protocol::Verdict::malformed:
      return refuse(400, "A condition of the request is not a list of entity tags.");
  }
  parts_ = {};
  const auto range = head.header("Range");
  // Range is defined for GET alone (RFC 9110, 14.2).
  if (range && method_ == Method::get && protocol::range_applies(head, current)) {
    if (const auto wanted = protocol::parse_ranges(*range)) {
      parts_ = protocol::resolve(*wanted, info_.size);
      if (parts_.empty()) {
        text_ = named() + " does not hold the range that is asked for.\n";
        begin_response(416);
        head_.add("Content-Range", "bytes */" + std::to_string(info_.size));
        return answer_with_text();
      }
    }
  }
  const auto algorithm = protocol::wanted_digest(head, "Want-Repr-Digest");
  if (!algorithm || info_.unstable) return begin_file_response();
  Ask hash;
  hash.verb = StoreVerb::digest;
  hash.path = path_;
  hash.algorithm = *algorithm;
  return ask(std::move(hash), &Machine::file_hashed);
}

Action Session::Machine::redirect_to_folder() {
  text_ = named() + " is a folder: its address ends in a slash.\n";
  begin_response(301);
  // Relative to the request's own address (RFC 9110, 10.2.2), so that it fits whatever the path.
  head_.add("Location", encode_segment(path_.file_name()) + '/');
  return answer_with_text();
}

Action Session::Machine::file_hashed(StoreOutcome& outcome) {
  // A digest that cannot be had, or is of another state of the file, is not offered.
  const FileInfo& hashed = outcome.info;
  const bool same = hashed.file_id == info_.file_id && hashed.size == info_.size &&
                    hashed.modified_ticks == info_.modified_ticks;
  if (outcome.error == StoreError::none && same) digest_ = outcome.digest;
  return begin_file_response();
}

void Session::Machine::add_validators() {
  const protocol::EntityTag tag = tag_of(info_);
  if (info_.unstable) {
    head_.add("ETag", "W/" + std::string(tag.text()));
  } else {
    head_.add("ETag", tag.text());
  }
  head_.add("Last-Modified", protocol::HttpDate(info_.modified_unix_seconds).text());
}

Action Session::Machine::begin_file_response() {
  const bool partial = !parts_.empty();
  if (!partial && info_.size > 0) parts_.push_back({0, info_.size});
  content_type_ = protocol::content_type_of(path_.file_name());
  std::uint64_t length = parts_.empty() ? 0 : parts_[0].count;
  if (parts_.size() > 1) {
    multipart_.emplace(parts_, info_.size, content_type_, boundary());
    length = multipart_->content_length();
  }
  begin_response(partial ? 206 : 200);
  head_.add("Content-Type", multipart_ ? multipart_->content_type() : content_type_)
      .add("X-Content-Type-Options", "nosniff")
      .add("Content-Length", length)
      .add("Accept-Ranges", "bytes");
  add_validators();
  if (!protocol::is_inline_safe(content_type_))
    head_.add("Content-Disposition", protocol::attachment(path_.file_name()));
  if (digest_) {
    const protocol::DigestText text(*digest_);
    head_.add("Repr-Digest", text.text());
    record_.digest = text.text();
  }
  if (partial && !multipart_)
    head_.add_content_range(parts_[0].offset, parts_[0].count, info_.size);
  if (method_ == Method::head || length == 0) return deliver();
  body_bytes_ = length;
  return begin_file_body();
}

// Nobody who wrote the file could know it.
std::string Session::Machine::boundary() const {
  std::uint64_t state =
      config_.boundary_seed ^ info_.file_id ^ static_cast<std::uint64_t>(now_.monotonic.count());
  std::string text = "overlap-";
  for (int word = 0; word < 2; ++word) {
    // SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
    state += 0x9e3779b97f4a7c15;
    std::uint64_t bits = state;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    bits ^= bits >> 31;
    for (int digit = 0; digit < 16; ++digit, bits >>= 4) text += "0123456789abcdef"[bits & 15];
  }
  return text;
}

Action Session::Machine::begin_file_body() {
  const std::size_t read_max = std::min(config_.limits.chunk_bytes, read_bytes_max);
  part_ = 0;
  offset_ = parts_[0].offset;
  left_ = parts_[0].count;
  filled_ = 0;
  if (body_bytes_ <= read_max) {
    body_.reserve(static_cast<std::size_t>(body_bytes_));
    return begin_part();
  }
  head_.end();
  if (head_.overflowed()) return give_up();
  response_begun_ = true;
  text_ = head_.text();
  head_left_ = text_.size();
  if (multipart_) text_ += multipart_->part_head(0);
  send_head_ = std::as_bytes(std::span(text_));
  pace_.begin();
  return send_piece();
}

// ---- the file, or its end, is read and then sent from memory

Action Session::Machine::begin_part() {
  if (multipart_) put_in_body(multipart_->part_head(part_));
  return read_part();
}

void Session::Machine::put_in_body(std::string_view text) noexcept {
  std::memcpy(body_.between(filled_, filled_ + text.size()).data(), text.data(), text.size());
  filled_ += text.size();
}

Action Session::Machine::read_part() {
  const std::size_t end = filled_ + static_cast<std::size_t>(left_);
  return enter(State::reading, never, Read{offset_, body_.between(filled_, end)});
}

Action Session::Machine::file_read(const Outcome& outcome) {
  if (outcome.result == Result::cancelled) return close(CloseReason::stopping);
  if (outcome.result != Result::ok || outcome.bytes == 0) {
    // Once the response has begun, nothing but the end of the connection can tell.
    if (response_begun_) return close(CloseReason::failed);
    constexpr std::uint32_t lock_violation = 33;  // Microsoft, "System Error Codes"
    if (outcome.native == lock_violation)
      return refuse(423, "A part of " + named() + " is locked by another program.");
    return refuse(500, named() + " could not be read to its end.");
  }
  filled_ += outcome.bytes;
  offset_ += outcome.bytes;
  left_ -= outcome.bytes;
  if (left_ > 0) return read_part();
  if (!response_begun_ && part_ + 1 < parts_.size()) {
    ++part_;
    offset_ = parts_[part_].offset;
    left_ = parts_[part_].count;
    return begin_part();
  }
  if (multipart_) put_in_body(multipart_->closing());
  send_body_ = body_.first(filled_);
  // While a short file is open nobody can write to it; of an unstable one nothing is promised.
  if (info_.unstable || info_.size <= read_bytes_max) return send_what_was_read();
  Ask verify;
  verify.verb = StoreVerb::verify;
  return ask(std::move(verify), &Machine::file_verified);
}

// ---- the file is sent by the model, all but its end

Action Session::Machine::send_piece() {
  const bool last_part = part_ + 1 == parts_.size();
  const std::uint64_t held = last_part ? std::min<std::uint64_t>(held_back_bytes(), left_) : 0;
  if (left_ == held) return hold_back();
  piece_bytes_ = pace_.next(left_ - held);
  if (const std::uint64_t rate = send_rate()) {
    piece_bytes_ = std::clamp<std::uint64_t>(rate / 4, 1, piece_bytes_);
  }
  piece_since_ = now_.monotonic;
  return enter(State::sending_file, in(config_.timeouts.progress),
               SendFile{send_head_, offset_, piece_bytes_});
}

Action Session::Machine::piece_sent(const Outcome& outcome) {
  const std::size_t head_bytes = send_head_.size();
  const std::uint64_t sent = outcome.bytes > head_bytes ? outcome.bytes - head_bytes : 0;
  count_body_sent(std::min(outcome.bytes, head_bytes + static_cast<std::size_t>(piece_bytes_)));
  if (outcome.result == Result::error) return close(CloseReason::peer_lost);
  // The file became shorter than was promised. Nothing but the end of the connection can tell.
  if (outcome.result == Result::eof || (outcome.result == Result::ok && sent != piece_bytes_))
    return close(CloseReason::failed);
  if (outcome.result != Result::ok) return lose(outcome);

  send_head_ = {};
  offset_ += piece_bytes_;
  left_ -= piece_bytes_;
  pace_.ended(now_.monotonic - piece_since_);
  if (left_ == 0) {  // never in the last part: its end is held back
    ++part_;
    offset_ = parts_[part_].offset;
    left_ = parts_[part_].count;
    text_ = multipart_->part_head(part_);
    send_head_ = std::as_bytes(std::span(text_));
  }
  return after_sending(piece_bytes_, &Machine::send_piece);
}

std::uint64_t Session::Machine::held_back_bytes() const noexcept {
  return std::min(config_.limits.chunk_bytes, held_back_bytes_max);
}

Action Session::Machine::hold_back() {
  filled_ = 0;
  const std::size_t closing = multipart_ ? multipart_->closing().size() : 0;
  body_.reserve(static_cast<std::size_t>(left_) + closing);
  return read_part();
}

Action Session::Machine::file_verified(StoreOutcome& outcome) {
  if (outcome.error != StoreError::none) {
    if (response_begun_) return close(CloseReason::failed);
    return refuse(409, named() + " is being changed by another program.");
  }
  return send_what_was_read();
}

Action Session::Machine::send_what_was_read() {
  if (!response_begun_) return deliver();
  return send_rest();
}

}  // namespace overlap
