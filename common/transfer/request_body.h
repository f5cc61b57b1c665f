// The body of a request as it comes off the connection, framed by Content-Length or chunked
// (RFC 9112, section 6). Says where the body ends; holds no bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/protocol/chunked.h"
#include "common/protocol/request_head.h"

namespace overlap {

class RequestBody {
 public:
  enum class Status : std::uint8_t { more, done, refused };
  struct Taken {
    std::size_t data_bytes = 0;  // of the body, now at the beginning of the input
    std::size_t consumed = 0;    // of the input as it was; the rest belongs to the next request
  };

  RequestBody() noexcept : decoder_(0) {}
  // `bytes_max` bounds a chunked body; a declared length is for the caller to judge.
  RequestBody(const protocol::RequestHead& head, std::uint64_t bytes_max) noexcept;

  // Lowers what a chunked body may hold, before any of it was taken.
  void limit(std::uint64_t bytes_max) noexcept;

  // Decodes in place. Only while status() is `more`.
  Taken take(std::span<std::byte> input) noexcept;

  Status status() const noexcept { return status_; }
  bool done() const noexcept { return status_ == Status::done; }
  const protocol::Refusal& refusal() const noexcept { return decoder_.refusal(); }
  // Bytes that are still to come, where that is known.
  std::optional<std::uint64_t> left() const noexcept;
  // How much may be received at once without reading past the body, where that is known.
  std::size_t receive_bytes_max() const noexcept;

 private:
  protocol::Framing framing_ = protocol::Framing::none;
  Status status_ = Status::done;
  std::uint64_t left_ = 0;  // unless chunked
  protocol::ChunkedDecoder decoder_;
};

}  // namespace overlap
