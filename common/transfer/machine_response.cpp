// Responses: what they say. What follows them is in machine_ending.cpp.
#include <algorithm>

#include "common/protocol/etag.h"
#include "common/protocol/http_date.h"
#include "common/transfer/machine.h"

namespace overlap {
namespace {

constexpr std::size_t named_bytes_max = 200;

}  // namespace

std::string Session::Machine::named(const StorePath& path) const {
  std::string_view text = path.text();
  const char* slash = path.names_folder() && !text.empty() ? "/" : "";
  if (text.size() > named_bytes_max) {
    std::size_t end = named_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return "\"/" + std::string(text.substr(0, end)) + "...\"";
  }
  return "\"/" + std::string(text) + slash + "\"";
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

// A client of tus wants to see in every response that it speaks to one of its servers. What a
// dialect's own responses say, protocol/resumable.h knows.
void Session::Machine::add_dialect() noexcept {
  if (speaks_tus_) head_.add("Tus-Resumable", "1.0.0");
}

Action Session::Machine::refuse(int status, std::string_view sentence) {
  text_ = sentence;
  text_ += '\n';
  status_after_release_ = status;
  return release_upload(&Machine::answer_refusal);
}

Action Session::Machine::answer_refusal() {
  begin_response(status_after_release_);
  add_dialect();
  return answer_with_text();
}

Action Session::Machine::refuse_store(const StoreOutcome& outcome) {
  using protocol::Method;
  const bool uploads =
      method_ == Method::put || method_ == Method::post || method_ == Method::make_folder;
  const bool transfers = method_ == Method::move || method_ == Method::copy;
  switch (outcome.error) {
    case StoreError::not_found:
      if (!upload_id_.empty())
        return refuse(404, "There is no such upload: it has ended, expired or never was.");
      return refuse(404, named() + " does not exist.");
    case StoreError::no_folder:
      if (uploads) return refuse(409, "The folder of " + named() + " does not exist.");
      if (transfers)
        return refuse(409, "The folder of " + named(destination_) + " does not exist.");
      return refuse(404, named() + " does not exist.");
    case StoreError::is_folder:
      if (uploads) return refuse(409, named() + " is a folder: a file cannot replace it.");
      if (transfers) return refuse(409, "A folder is copied file by file, and is never replaced.");
      return refuse(409, named() + " is a folder.");
    case StoreError::is_file:
      return refuse(uploads ? 409 : 404, named() + ": a file of that name is no folder.");
    case StoreError::exists: return refuse(409, named() + " exists already.");
    case StoreError::not_empty: return refuse(409, named() + " is not empty.");
    case StoreError::access_denied: return refuse(403, "Access to " + named() + " is denied.");
    case StoreError::in_use: return refuse(423, named() + " is in use by another program.");
    case StoreError::no_space:
      return refuse(507, "There is not enough space to store " + named() + ".");
    case StoreError::name_too_long: return refuse(414, "The name " + named() + " is too long.");
    case StoreError::condition_failed:
      return refuse(412, named() + " is not in the state that the request demands.");
    case StoreError::upload_in_use:
      return refuse(423, "Another connection still writes to this upload; it was told to end.");
    case StoreError::too_many:
      return refuse(503, "There are too many unfinished uploads; try again later.");
    case StoreError::none:
    case StoreError::changed:
    case StoreError::wrong_offset:
    case StoreError::wrong_length:
    case StoreError::wrong_digest:
    case StoreError::already_complete:
    case StoreError::failed: break;
  }
  return refuse(500, named() + (uploads ? " could not be stored." : " could not be worked on."));
}

// The head is begun; text_ is the body.
Action Session::Machine::answer_with_text(std::string_view content_type) {
  head_.add("Content-Type", content_type)
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
  head_left_ = send_head_.size();
  pace_.begin();
  return file_ == OpenFile::download ? close_file(&Machine::send_rest) : send_rest();
}

Action Session::Machine::send_rest() {
  response_begun_ = true;
  std::uint64_t bytes = pace_.next(send_body_.size());
  if (const std::uint64_t rate = send_rate(); rate != 0 && bytes > 0)
    bytes = std::clamp<std::uint64_t>(rate / 4, 1, bytes);
  piece_since_ = now_.monotonic;
  return enter(State::sending_response, in(config_.timeouts.progress),
               Send{send_head_, send_body_.first(static_cast<std::size_t>(bytes))});
}

Action Session::Machine::response_sent(const Outcome& outcome) {
  const std::size_t head_bytes = std::min(outcome.bytes, send_head_.size());
  const std::size_t body_bytes = std::min(outcome.bytes - head_bytes, send_body_.size());
  const std::uint64_t counted = count_body_sent(head_bytes + body_bytes);
  if (outcome.result != Result::ok || outcome.bytes == 0) return lose(outcome);
  pace_.ended(now_.monotonic - piece_since_);
  send_head_ = send_head_.subspan(head_bytes);
  send_body_ = send_body_.subspan(body_bytes);
  const bool more = !send_head_.empty() || !send_body_.empty();
  return after_sending(counted, more ? &Machine::send_rest : &Machine::response_ended);
}

}  // namespace overlap
