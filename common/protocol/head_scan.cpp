#include "common/protocol/head_scan.h"

#include "common/protocol/grammar.h"

namespace overlap::protocol {
namespace {

constexpr std::size_t version_bytes = 8;  // "HTTP/1.1"

}  // namespace

HeadStatus HeadScan::scan(std::string_view bytes) noexcept {
  while (status_ == HeadStatus::incomplete && position_ < bytes.size()) {
    status_ = step(bytes[position_]);
    ++position_;
    // The head that ends with the last byte allowed is complete by now.
    if (status_ == HeadStatus::incomplete && position_ >= limits_.head_bytes_max)
      return refuse_overlong();
  }
  return status_;
}

HeadStatus HeadScan::refuse(int status, std::string_view sentence) noexcept {
  refusal_ = {status, sentence};
  return status_ = HeadStatus::refused;
}

HeadStatus HeadScan::refuse_overlong() noexcept {
  if (place_ == Place::target) return refuse(414, "The request target is too long.");
  return refuse(431, "The request head is too large.");
}

HeadStatus HeadScan::step(char c) noexcept {
  switch (place_) {
    case Place::method: return step_method(c);
    case Place::target: return step_target(c);
    case Place::version: return step_version(c);
    case Place::line_start: return step_line_start(c);
    case Place::name: return step_name(c);
    case Place::value: return step_value(c);
    case Place::line_feed:
      if (c != '\n') return refuse(400, "A line of the request head ends in CR without LF.");
      place_ = Place::line_start;
      return HeadStatus::incomplete;
    case Place::last_line_feed:
      if (c != '\n') return refuse(400, "A line of the request head ends in CR without LF.");
      return HeadStatus::complete;
  }
  return refuse(400, "The request head cannot be understood.");
}

HeadStatus HeadScan::step_method(char c) noexcept {
  if (c == ' ' && position_ > 0) {
    place_ = Place::target;
    part_begin_ = position_ + 1;
    return HeadStatus::incomplete;
  }
  if (!is_token_char(c)) return refuse(400, "The request does not begin with a method.");
  if (position_ == method_bytes_max) return refuse(501, "The request method is too long.");
  return HeadStatus::incomplete;
}

HeadStatus HeadScan::step_target(char c) noexcept {
  const std::size_t size = position_ - part_begin_;
  if (c == ' ' && size > 0) {
    place_ = Place::version;
    part_begin_ = position_ + 1;
    return HeadStatus::incomplete;
  }
  if (c == '\r' || c == '\n') return refuse(400, "The request line names no HTTP version.");
  if (!is_visible(c))
    return refuse(400, "The request target holds a character that must be escaped.");
  if (c == '#') return refuse(400, "The request target holds a fragment.");
  if (size == limits_.target_bytes_max) return refuse(414, "The request target is too long.");
  return HeadStatus::incomplete;
}

HeadStatus HeadScan::step_version(char c) noexcept {
  const std::size_t size = position_ - part_begin_;
  if (size == version_bytes && c == '\r') {
    place_ = Place::line_feed;
    return HeadStatus::incomplete;
  }
  constexpr std::string_view form = "HTTP/d.d";
  const bool fits = size < version_bytes && (form[size] == 'd' ? is_digit(c) : form[size] == c);
  if (!fits) return refuse(400, "The request line does not end in an HTTP version.");
  return HeadStatus::incomplete;
}

HeadStatus HeadScan::step_line_start(char c) noexcept {
  if (c == '\r') {
    place_ = Place::last_line_feed;
    return HeadStatus::incomplete;
  }
  if (c == ' ' || c == '\t') return refuse(400, "A header line begins with whitespace.");
  if (headers_ == limits_.headers_max) return refuse(431, "The request has too many header lines.");
  ++headers_;
  if (!is_token_char(c)) return refuse(400, "A header line does not begin with a name.");
  place_ = Place::name;
  return HeadStatus::incomplete;
}

HeadStatus HeadScan::step_name(char c) noexcept {
  if (c == ':') {
    place_ = Place::value;
    return HeadStatus::incomplete;
  }
  if (c == ' ' || c == '\t') return refuse(400, "A header has whitespace before its colon.");
  if (!is_token_char(c)) return refuse(400, "A header name holds a forbidden character.");
  return HeadStatus::incomplete;
}

HeadStatus HeadScan::step_value(char c) noexcept {
  if (c == '\r') {
    place_ = Place::line_feed;
    return HeadStatus::incomplete;
  }
  if (c == '\n') return refuse(400, "A line of the request head ends in LF without CR.");
  if (!is_field_char(c)) return refuse(400, "A header value holds a control character.");
  return HeadStatus::incomplete;
}

}  // namespace overlap::protocol
