// The head of a request: request line and header fields (RFC 9110, RFC 9112). Bytes in, a decision
// out; no I/O. Three readers in a row, and a head must satisfy all: HeadScan (the strict grammar),
// Boost.Beast's parser (tokens) and the meaning given here (framing, host, target form).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/protocol/head_scan.h"
#include "common/protocol/method.h"

namespace overlap::protocol {

enum class Framing : std::uint8_t { none, length, chunked };
enum class Expectation : std::uint8_t { none, continue_100, unknown };

struct HeaderField {
  std::string_view name;
  std::string_view value;  // without the whitespace around it
};

// All lines of one field: how many, and the value of the first.
struct FieldLines {
  std::size_t count = 0;
  std::string_view value;
};

// All views point into the bytes that were read, or to static storage, and are valid as long as
// those bytes.
struct RequestHead {
  std::size_t size = 0;  // bytes, the last empty line included
  Method method = Method::unknown;
  std::string_view method_text;
  std::string_view target;  // as sent
  std::string_view path;    // "/..." still escaped; "*" for OPTIONS *; empty for CONNECT
  std::string_view query;   // without the '?'
  // host[:port] that the request is for: of an absolute target, else of the Host field (RFC 9112,
  // 3.2.2 and 3.3). May be empty.
  std::string_view host;
  int minor_version = 1;    // of HTTP/1
  bool keep_alive = false;  // the client is willing to send another request (RFC 9112, 9.3)
  Framing framing = Framing::none;
  std::uint64_t content_length = 0;  // if framing is length
  Expectation expectation = Expectation::none;
  std::vector<HeaderField> fields;

  // The first field of that name, without regard to case.
  std::optional<std::string_view> header(std::string_view name) const noexcept;
  // For fields that must not be there twice.
  FieldLines lines(std::string_view name) const noexcept;
};

// Reads one head after another; keeps its memory. Not thread-safe.
class HeadReader {
 public:
  explicit HeadReader(const HeadLimits& limits) : scan_(limits) {}

  // `bytes` begins with the head's first byte and holds at least what it held in the call before;
  // what follows the head is not looked at. Throws std::bad_alloc.
  HeadStatus read(std::string_view bytes);

  const RequestHead& head() const noexcept { return head_; }    // once complete
  const Refusal& refusal() const noexcept { return refusal_; }  // once refused
  void restart() noexcept;                                      // for the next head

 private:
  RequestHead head_;
  Refusal refusal_;
  HeadScan scan_;
};

}  // namespace overlap::protocol
