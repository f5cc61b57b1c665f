// GET and HEAD: open the file, send the head and what is wanted of it.
#include <algorithm>

#include "common/protocol/content_type.h"
#include "common/protocol/etag.h"
#include "common/protocol/http_date.h"
#include "common/transfer/machine.h"

namespace overlap {

using protocol::Method;

Action Session::Machine::begin_download() {
  const protocol::RequestHead& head = reader_.head();
  if (!request_body_.done()) {
    // Such a body means nothing, and is how requests are smuggled (RFC 9110, 9.3.1).
    framing_broken_ = true;
    return refuse(400, "A GET or HEAD request with a body is not accepted.");
  }
  if (!config_.access.anonymous_read)
    return refuse(403, "Reading without a user name is not allowed here.");
  if (auto refused = take_path()) return *refused;
  if (path_.names_folder())
    return refuse(403, named() + " is a folder: listing folders is not offered.");

  range_.reset();
  if_range_.clear();
  const auto range = head.header("Range");
  // Range is defined for GET alone (RFC 9110, 14.2).
  if (range && method_ == Method::get) {
    range_ = protocol::parse_range(*range);
    if_range_ = head.header("If-Range").value_or("");
  }
  return enter(State::opening, never, Ask{StoreVerb::open, path_, 0});
}

Action Session::Machine::file_opened(const StoreOutcome& outcome) {
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  file_ = OpenFile::download;
  const FileInfo& info = outcome.info;
  const protocol::EntityTag tag(info.file_id, info.modified_ticks, info.size);
  // If-Range by date is answered with the whole file, which is always right: a date is too coarse
  // to prove that nothing has changed (RFC 9110, 13.1.5).
  if (range_ && !if_range_.empty() && if_range_ != tag.text()) range_.reset();

  protocol::ByteRange part{0, info.size};
  if (range_) {
    const auto applied = protocol::apply(*range_, info.size);
    if (!applied) {
      text_ = named() + " does not hold the range that is asked for.\n";
      return answer_with_text(416, "Content-Range", "bytes */" + std::to_string(info.size));
    }
    part = *applied;
  }
  begin_response(range_ ? 206 : 200);
  head_.add("Content-Type", protocol::content_type_of(path_.file_name()))
      .add("X-Content-Type-Options", "nosniff")
      .add("Content-Length", part.count)
      .add("Accept-Ranges", "bytes")
      .add("ETag", tag.text())
      .add("Last-Modified", protocol::HttpDate(info.modified_unix_seconds).text());
  if (range_) head_.add_content_range(part.offset, part.count, info.size);
  if (method_ == Method::head || part.count == 0) return deliver();
  return begin_file_body(part.offset, part.count);
}

Action Session::Machine::begin_file_body(std::uint64_t offset, std::uint64_t count) {
  offset_ = offset;
  left_ = count;
  if (count <= std::min(config_.limits.chunk_bytes, read_bytes_max)) {
    filled_ = 0;
    body_.reserve(static_cast<std::size_t>(count));
    return read_file();
  }
  head_.end();
  if (head_.overflowed()) return give_up();
  response_begun_ = true;
  send_head_ = head_.bytes();
  pace_ = {};
  return send_piece();
}

Action Session::Machine::read_file() {
  const std::size_t count = filled_ + static_cast<std::size_t>(left_);
  return enter(State::reading, never, Read{offset_, body_.between(filled_, count)});
}

Action Session::Machine::file_read(const Outcome& outcome) {
  if (outcome.result == Result::cancelled) return close(CloseReason::stopping);
  // Nothing has been sent: a file that became shorter or unreadable can still be confessed.
  if (outcome.result != Result::ok || outcome.bytes == 0)
    return refuse(500, named() + " could not be read to its end.");
  filled_ += outcome.bytes;
  offset_ += outcome.bytes;
  left_ -= outcome.bytes;
  if (left_ > 0) return read_file();
  send_body_ = body_.first(filled_);
  return deliver();
}

Action Session::Machine::send_piece() {
  piece_bytes_ = pace_.next(left_);
  piece_since_ = now_.monotonic;
  return enter(State::sending_file, in(config_.timeouts.progress),
               SendFile{send_head_, offset_, piece_bytes_});
}

Action Session::Machine::piece_sent(const Outcome& outcome) {
  const std::size_t head_bytes = send_head_.size();
  const std::uint64_t sent = outcome.bytes > head_bytes ? outcome.bytes - head_bytes : 0;
  record_.body_bytes_sent += std::min(sent, piece_bytes_);
  if (outcome.result == Result::error) return close(CloseReason::peer_lost);
  // The file became shorter than was promised. Nothing but the end of the connection can tell.
  if (outcome.result == Result::eof || (outcome.result == Result::ok && sent != piece_bytes_))
    return close(CloseReason::failed);
  if (outcome.result != Result::ok) return lose(outcome);

  send_head_ = {};
  offset_ += piece_bytes_;
  left_ -= piece_bytes_;
  if (left_ == 0) return response_ended();
  pace_.ended(now_.monotonic - piece_since_, config_.timeouts.progress);
  return send_piece();
}

}  // namespace overlap
