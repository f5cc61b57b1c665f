// The rules of minimum progress: how a peer that is slow is told from one that holds a connection
// for nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "common/time.h"

namespace overlap {

// Bytes that must arrive within each progress time. Without it one byte every few seconds would
// keep an upload, and its temporary file, for ever.
inline constexpr std::size_t receive_progress_bytes = 4096;

// Receiving a body: the deadline moves on only with receive_progress_bytes, not with every byte.
class ReceiveProgress {
 public:
  void begin(Instant now) noexcept {
    since_ = now;
    bytes_ = 0;
  }
  void received(std::size_t bytes, Instant now) noexcept {
    bytes_ += bytes;
    if (bytes_ >= receive_progress_bytes) begin(now);
  }
  Instant deadline(Instant progress) const noexcept { return since_ + progress; }

 private:
  Instant since_{};
  std::size_t bytes_ = 0;
};

// Sending a file: in pieces, each of which must end within the progress time. A piece is as large
// as the peer is fast, so that few calls serve a fast peer and a slow one is not cut off while it
// moves: it may become 32 times slower from one piece to the next. What any peer must accept within
// one progress time is send_piece_bytes_first in the beginning and send_piece_bytes_min later on.
inline constexpr std::uint64_t send_piece_bytes_min = 64 * 1024;
inline constexpr std::uint64_t send_piece_bytes_first = 256 * 1024;
inline constexpr std::uint64_t send_piece_bytes_max = 8 * 1024 * 1024;

class SendPace {
 public:
  std::uint64_t next(std::uint64_t remaining) const noexcept {
    return std::min(piece_bytes_, remaining);
  }
  // A piece took `elapsed`; `progress` is how long it might have taken.
  void ended(Instant elapsed, Instant progress) noexcept {
    if (elapsed <= progress / 64) piece_bytes_ = std::min(piece_bytes_ * 2, send_piece_bytes_max);
    if (elapsed >= progress / 8) piece_bytes_ = std::max(piece_bytes_ / 2, send_piece_bytes_min);
  }

 private:
  std::uint64_t piece_bytes_ = send_piece_bytes_first;
};

}  // namespace overlap
