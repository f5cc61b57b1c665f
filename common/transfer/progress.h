// The rules of minimum progress: how a peer that is slow is told from one that holds a connection
// for nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "common/config/config.h"
#include "common/time.h"

namespace overlap {

// What `bytes_per_second` makes in the progress time.
constexpr std::uint64_t progress_bytes(std::uint64_t bytes_per_second,
                                       const config::Timeouts& timeouts) noexcept {
  const auto milliseconds = static_cast<std::uint64_t>(timeouts.progress.count());
  return bytes_per_second / 1000 * milliseconds + bytes_per_second % 1000 * milliseconds / 1000;
}

// Receiving a body: the deadline moves on with as many bytes as the minimum rate makes in the
// progress time, not with every byte. Without that one byte every few seconds would keep an upload,
// and its temporary file, for ever.
class ReceiveProgress {
 public:
  ReceiveProgress(const config::Limits& limits, const config::Timeouts& timeouts) noexcept
      : time_(timeouts.progress),
        bytes_wanted_(std::max<std::uint64_t>(
            progress_bytes(limits.receive_bytes_per_second_min, timeouts), 1)) {}

  void begin(Instant now) noexcept {
    since_ = now;
    bytes_ = 0;
  }
  void received(std::size_t bytes, Instant now) noexcept {
    bytes_ += bytes;
    if (bytes_ >= bytes_wanted_) begin(now);
  }
  // Nothing was received for so long, by our own will.
  void paused(Instant time) noexcept { since_ += time; }
  Instant deadline() const noexcept { return since_ + time_; }

 private:
  Instant time_;
  std::uint64_t bytes_wanted_;
  Instant since_{};
  std::uint64_t bytes_ = 0;
};

// Sending a file: in pieces, each of which must end within the progress time. A piece is as large
// as the peer is fast, so that few calls serve a fast peer and a slow one is not cut off while it
// moves: it may become 32 times slower from one piece to the next. What any peer must accept within
// one progress time is what the minimum rate makes of it, and at first send_piece_bytes_first if
// that is more.
inline constexpr std::uint64_t send_piece_bytes_min = 4 * 1024;
inline constexpr std::uint64_t send_piece_bytes_first = 64 * 1024;
inline constexpr std::uint64_t send_piece_bytes_max = 8 * 1024 * 1024;

class SendPace {
 public:
  SendPace(const config::Limits& limits, const config::Timeouts& timeouts) noexcept
      : time_(timeouts.progress),
        least_(std::clamp(progress_bytes(limits.send_bytes_per_second_min, timeouts),
                          send_piece_bytes_min, send_piece_bytes_max)) {
    begin();
  }

  void begin() noexcept { piece_bytes_ = std::max(least_, send_piece_bytes_first); }
  std::uint64_t next(std::uint64_t remaining) const noexcept {
    return std::min(piece_bytes_, remaining);
  }
  void ended(Instant elapsed) noexcept {
    if (elapsed <= time_ / 64) piece_bytes_ = std::min(piece_bytes_ * 2, send_piece_bytes_max);
    if (elapsed >= time_ / 8) piece_bytes_ = std::max(piece_bytes_ / 2, least_);
  }

 private:
  Instant time_;
  std::uint64_t least_;
  std::uint64_t piece_bytes_ = send_piece_bytes_first;
};

}  // namespace overlap
