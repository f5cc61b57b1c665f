// The state machine behind Session. One file a part of a connection's life: machine.cpp (outcomes
// to states), machine_request.cpp (heads), machine_download.cpp (GET, HEAD), machine_upload.cpp
// (PUT), machine_response.cpp (responses and what follows them).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/path/store_path.h"
#include "common/protocol/range.h"
#include "common/protocol/request_head.h"
#include "common/protocol/response_head.h"
#include "common/transfer/byte_buffer.h"
#include "common/transfer/input_buffer.h"
#include "common/transfer/progress.h"
#include "common/transfer/request_body.h"
#include "common/transfer/session.h"

namespace overlap {

// A file of at most this is read and leaves with its head in one send; a longer one is sent by
// SendFile. Also bounded by Limits::chunk_bytes.
inline constexpr std::size_t read_bytes_max = 64 * 1024;
// A connection keeps this much body buffer between two requests, so that small files cost no
// allocation and a thousand idle connections stay cheap.
inline constexpr std::size_t kept_body_bytes = 8 * 1024;
// The rest of an unwanted body is read for the sake of the connection if it is no longer than this.
inline constexpr std::uint64_t skipped_body_bytes_max = 64 * 1024;
// Closing in stages (RFC 9112, 9.6): after the last response the peer is listened to until it
// closes, for at most this long and this much, since closing with unread input would destroy the
// response on its way.
inline constexpr Instant linger_time = std::chrono::seconds(2);
inline constexpr std::size_t linger_bytes_max = 256 * 1024;
inline constexpr std::size_t recorded_target_bytes_max = 1024;

class Session::Machine {
 public:
  Machine(const SessionConfig& config, Mode mode);

  Action start(const Now& now);
  Action resume(const Outcome& outcome, const Now& now);
  Action resume(const StoreOutcome& outcome, const Now& now);
  // Memory ran out: nothing can be said to the peer.
  Action give_up() noexcept;

  Instant deadline() const noexcept { return deadline_; }
  bool idle() const noexcept { return state_ == State::receiving_head && !head_begun_; }
  const RequestRecord* finished_request() const noexcept {
    return finished_ ? &finished_record_ : nullptr;
  }

 private:
  // What is outstanding.
  enum class State : std::uint8_t {
    created,
    receiving_head,
    opening,
    reading,
    sending_file,
    closing_before_response,
    closing_after_response,
    creating,
    sending_continue,
    receiving_body,
    writing,
    committing,
    discarding,
    sending_response,
    skipping_body,
    shutting_down,
    lingering,
    closed,
  };
  enum class OpenFile : std::uint8_t { none, download, upload };
  // What follows the response.
  enum class Ending : std::uint8_t { next_request, skip_body, linger, close };

  // The only place that changes state_ and deadline_.
  Action enter(State state, Instant deadline, Action action) noexcept;
  Instant in(std::chrono::milliseconds time) const noexcept { return now_.monotonic + time; }

  // Requests.
  Action next_request();
  Action receive_head();
  Action head_received(const Outcome& outcome);
  Action read_head();
  Action begin_request();
  Action refuse_head();
  void note_request_line();
  Action answer_options();
  Action refuse_method();
  std::optional<Action> take_path();  // an action if the path is refused

  // Downloads.
  Action begin_download();
  Action file_opened(const StoreOutcome& outcome);
  Action begin_file_body(std::uint64_t offset, std::uint64_t count);
  Action read_file();
  Action file_read(const Outcome& outcome);
  Action send_piece();
  Action piece_sent(const Outcome& outcome);

  // Uploads.
  Action begin_upload();
  Action upload_created(const StoreOutcome& outcome);
  Action send_continue();
  Action continue_sent(const Outcome& outcome);
  Action receive_body();
  void take_pending_input();
  Action body_received(const Outcome& outcome);
  Action write_body();
  Action body_written(const Outcome& outcome);
  Action upload_committed(const StoreOutcome& outcome);
  Action upload_discarded();

  // Responses and endings.
  void begin_response(int status);
  Action refuse(int status, std::string_view sentence);
  Action refuse_store(const StoreOutcome& outcome);
  Action answer_with_text(int status, std::string_view extra_name = {},
                          std::string_view extra_value = {});
  Action deliver();
  Action send_rest();
  Action response_sent(const Outcome& outcome);
  Action response_ended();
  Action conclude();
  Ending choose_ending() noexcept;
  Action skip_body();
  Action body_skipped(const Outcome& outcome);
  Action linger();
  Action lingered(const Outcome& outcome);
  Action lose(const Outcome& outcome);  // a socket operation failed
  Action abandon(CloseReason reason);   // closes, after discarding an open upload
  Action close(CloseReason reason);
  void finish_record(int status, bool whole);
  std::string named() const;  // the object of the request, for sentences

  const SessionConfig& config_;
  const Mode mode_;
  State state_ = State::created;
  Instant deadline_ = never;
  Now now_;

  // The request.
  InputBuffer in_;
  protocol::HeadReader reader_;
  RequestBody request_body_;
  StorePath path_;
  std::optional<protocol::RangeRequest> range_;
  std::string if_range_;
  protocol::Method method_ = protocol::Method::unknown;
  bool http_1_0_ = false;
  bool client_keeps_ = false;     // Connection, as the client wants it
  bool continue_wanted_ = false;  // 100 (Continue) is expected and was not sent
  bool framing_broken_ = false;   // where the next request begins is unknown
  bool head_begun_ = false;
  bool line_skipped_ = false;  // one empty line before a request is tolerated
  Instant idle_since_{};
  Instant head_since_{};

  // The file and its bytes.
  OpenFile file_ = OpenFile::none;
  ByteBuffer body_;
  std::size_t filled_ = 0;    // bytes of body_ in use
  std::size_t written_ = 0;   // of them, in the file already
  std::uint64_t offset_ = 0;  // in the file
  std::uint64_t left_ = 0;    // of the file to send
  SendPace pace_;
  Instant piece_since_{};
  std::uint64_t piece_bytes_ = 0;
  ReceiveProgress progress_;

  // The response.
  protocol::ResponseHead head_;
  std::string text_;  // a sentence for the peer
  std::span<const std::byte> send_head_;
  std::span<const std::byte> send_body_;
  Ending ending_ = Ending::close;
  CloseReason reason_ = CloseReason::finished;
  int status_after_discard_ = 0;  // 0: close without a response
  bool response_begun_ = false;
  std::size_t linger_left_ = 0;
  Instant linger_since_{};

  RequestRecord record_;
  RequestRecord finished_record_;
  bool finished_ = false;
};

}  // namespace overlap
