// The state machine behind Session. One file a part of a connection's life: machine.cpp (outcomes
// to states), machine_request.cpp (heads, who asks, what answers), machine_download.cpp (GET and
// HEAD of files), machine_listing.cpp (of folders), machine_upload.cpp (bodies that become files),
// machine_resumable.cpp (uploads that survive their connection), machine_names.cpp (DELETE, MOVE,
// COPY, new folders), machine_response.cpp (responses), machine_ending.cpp (what follows them).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/bandwidth.h"
#include "common/path/url_path.h"
#include "common/protocol/multipart_ranges.h"
#include "common/protocol/request_head.h"
#include "common/protocol/response_head.h"
#include "common/transfer/byte_buffer.h"
#include "common/transfer/input_buffer.h"
#include "common/transfer/progress.h"
#include "common/transfer/request_body.h"
#include "common/transfer/session.h"
#include "common/transfer/upload_body.h"

namespace overlap {

// A file of at most this is read and leaves with its head in one send; a longer one is sent by
// SendFile. Also bounded by Limits::chunk_bytes.
inline constexpr std::size_t read_bytes_max = 64 * 1024;
// The end of a longer file is held back until the file has been found unchanged.
inline constexpr std::size_t held_back_bytes_max = 16 * 1024;
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
// How long a request waits for another connection to let go of an upload, which it does at the next
// tick of its shard unless its file is slow, and how often it looks.
inline constexpr Instant holder_time_max = std::chrono::seconds(5);
inline constexpr Instant holder_look_time = std::chrono::milliseconds(100);
// A longer address is not told in Location: it would not fit into the head of the response.
inline constexpr std::size_t location_bytes_max = 1024;

class Session::Machine {
 public:
  Machine(const SessionConfig& config, Mode mode);

  Action start(const PeerInfo& peer, const Now& now);
  Action resume(const Outcome& outcome, const Now& now);
  Action resume(StoreOutcome& outcome, const Now& now);
  Action resume(const access::LoginOutcome& outcome, const Now& now);
  // Memory ran out: nothing can be said to the peer.
  Action give_up() noexcept;

  Instant deadline() const noexcept { return deadline_; }
  bool idle() const noexcept { return state_ == State::receiving_head && !head_begun_; }
  Activity activity() const noexcept;
  const RequestRecord* finished_request() const noexcept {
    return finished_ ? &finished_record_ : nullptr;
  }

 private:
  // What is outstanding.
  enum class State : std::uint8_t {
    created,
    receiving_head,
    logging_in,
    asking,   // the store; then answered_ goes on
    pausing,  // then next_step_ goes on
    closing_file,
    reading,
    sending_file,
    sending_interim,
    receiving_body,
    writing,
    sending_response,
    skipping_body,
    shutting_down,
    lingering,
    closed,
  };
  enum class OpenFile : std::uint8_t { none, download, upload };
  // What follows the response.
  enum class Ending : std::uint8_t { next_request, skip_body, linger, close };
  using Step = Action (Machine::*)();
  using Answered = Action (Machine::*)(StoreOutcome&);

  ConnectionPhase phase() const noexcept;
  // The only place that changes state_ and deadline_.
  Action enter(State state, Instant deadline, Action action) noexcept;
  Instant in(std::chrono::milliseconds time) const noexcept { return now_.monotonic + time; }
  Action ask(Ask ask, Answered answered);
  Action pause(Instant until, Step next);
  Action pause_ended(const Outcome& outcome);
  Action close_file(Step next);

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
  std::optional<Action> take_target();  // an action if it is refused
  Action refuse_path(const PathRefusal& refusal);
  std::optional<Action> refuse_any_body();  // of a method that has none
  Action identify();
  Action logged_in(const access::LoginOutcome& outcome);
  Action refuse_login();
  Action demand_login(std::string sentence);
  Action answer_login_demand();
  // An action if the user may not do that there.
  std::optional<Action> forbid(access::Rights wanted, const StorePath& path, std::string_view what);
  // The same of everything below it too.
  std::optional<Action> forbid_throughout(access::Rights wanted, const StorePath& path,
                                          std::string_view what);
  Action forbidden(const StorePath& path, std::string_view what);
  Action route();

  // Downloads.
  Action begin_download();
  Action file_opened(StoreOutcome& outcome);
  Action file_hashed(StoreOutcome& outcome);
  Action redirect_to_folder();
  Action begin_file_response();
  void add_validators();
  std::string boundary() const;
  Action begin_file_body();
  Action begin_part();
  void put_in_body(std::string_view text) noexcept;
  Action read_part();
  Action file_read(const Outcome& outcome);
  Action send_piece();
  Action piece_sent(const Outcome& outcome);
  std::uint64_t held_back_bytes() const noexcept;
  Action hold_back();
  Action file_verified(StoreOutcome& outcome);
  Action send_what_was_read();

  // Listings.
  Action begin_listing();
  Action listed(StoreOutcome& outcome);

  // Uploads.
  std::optional<Action> judge_body_head();
  std::optional<Action> read_promises();
  Action begin_upload();
  Action create_upload();
  Action upload_created(StoreOutcome& outcome);
  Action begin_body();
  Action send_interim();
  Action interim_sent(const Outcome& outcome);
  Action receive_body();
  Action go_on_with_body();
  std::size_t take_pending_input();
  std::size_t take_body(std::span<std::byte> input);
  Action body_received(const Outcome& outcome);
  Action lose_body(const Outcome& outcome);
  Action break_off(int status, std::string_view sentence);
  Action write_body();
  Action body_written(const Outcome& outcome);
  Action body_stored();
  Action checkpointed(StoreOutcome& outcome);
  Action finish_body();
  Action commit(std::optional<protocol::Digest> known);
  Action upload_committed(StoreOutcome& outcome);
  Action answer_committed(bool created);
  Action refuse_digest(std::string_view field);

  // Resumable uploads.
  Action begin_creation();
  std::optional<Action> take_file_name(const std::string& name);
  Action begin_append();
  Action ask_append();
  Action wait_for_holder(Step again);
  Action append_opened(StoreOutcome& outcome);
  Action finish_resumable_body();
  Action upload_suspended(StoreOutcome& outcome);
  Action answer_resumable(const protocol::UploadState& state, bool created);
  Action begin_query();
  Action ask_query();
  Action queried(StoreOutcome& outcome);
  Action unfinished_opened(StoreOutcome& outcome);
  Action answer_query(const protocol::UploadState& state);
  Action begin_cancel();
  Action cancelled(StoreOutcome& outcome);
  Action refuse_upload(const protocol::UploadRefusal& refusal);
  Action answer_upload_refusal();
  protocol::UploadLimits upload_limits() const noexcept;

  // Names.
  std::optional<Action> take_condition(protocol::WriteCondition& condition);
  Action make_folder();
  Action folder_made(StoreOutcome& outcome);
  Action begin_remove();
  Action removed(StoreOutcome& outcome);
  Action begin_move_or_copy();
  Action moved(StoreOutcome& outcome);

  // Responses.
  void begin_response(int status);
  Action refuse(int status, std::string_view sentence);
  Action refuse(const protocol::Refusal& refusal) {
    return refuse(refusal.status, refusal.sentence);
  }
  Action answer_refusal();
  void add_dialect() noexcept;
  Action refuse_store(const StoreOutcome& outcome);
  // The head is begun; text_ is the body.
  Action answer_with_text(std::string_view content_type = "text/plain; charset=utf-8");
  Action deliver();
  Action send_rest();
  Action response_sent(const Outcome& outcome);
  std::string named(const StorePath& path) const;  // the object of a sentence
  std::string named() const { return named(path_); }

  // Endings.
  Action response_ended();
  Action conclude();
  Ending choose_ending() noexcept;
  Action skip_body();
  Action body_skipped(const Outcome& outcome);
  Action linger();
  Action lingered(const Outcome& outcome);
  Action lose(const Outcome& outcome);  // a socket operation failed
  Action abandon(CloseReason reason);   // closes, after letting go of an open upload
  Action close_abandoned() { return close(reason_); }
  // Lets go of an upload that is open: what can be resumed is kept, anything else deleted.
  Action release_upload(Step next);
  Action upload_released(StoreOutcome& outcome);
  Action close(CloseReason reason);
  void begin_record();
  void finish_record(int status, bool whole);
  std::uint64_t count_body_sent(std::size_t bytes) noexcept;  // of those, what was of a body

  // Bandwidth: goes on with the next step, after a pause if too much was moved.
  std::uint64_t send_rate() const noexcept;  // bytes a second; 0: no limit
  std::uint64_t receive_rate() const noexcept;
  Action after_sending(std::uint64_t bytes, Step next);
  Action after_receiving(std::uint64_t bytes, Step next);
  Action after_moving(std::uint64_t bytes, Bandwidth& bandwidth, Step next);

  const SessionConfig& config_;
  const Mode mode_;
  const PeerInfo* peer_ = nullptr;
  State state_ = State::created;
  Instant deadline_ = never;
  Now now_;
  Answered answered_ = nullptr;
  Step next_step_ = nullptr;  // after a pause or a closed file
  Step after_release_ = nullptr;
  Bandwidth receive_bandwidth_;
  Bandwidth send_bandwidth_;

  // The request.
  InputBuffer in_;
  protocol::HeadReader reader_;
  RequestBody request_body_;
  StorePath path_;
  StorePath destination_;
  access::Identity user_;
  std::string upload_id_;    // the target is an upload resource
  bool speaks_tus_ = false;  // the request has Tus-Resumable
  std::string metadata_;     // tus: of the upload that is begun
  listing::ListRequest list_;
  protocol::UploadAppend append_;
  Instant upload_since_{};  // when an upload was asked for
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
  FileInfo info_;  // of a download
  std::optional<protocol::Digest> digest_;
  protocol::OneOrMore<protocol::ByteRange> parts_;
  std::optional<protocol::MultipartRanges> multipart_;  // if there are several
  std::string_view content_type_;
  std::size_t part_ = 0;          // that is being sent
  std::uint64_t body_bytes_ = 0;  // of the whole response
  ByteBuffer body_;
  std::size_t filled_ = 0;    // bytes of body_ in use
  std::size_t written_ = 0;   // of them, in the file already
  std::uint64_t offset_ = 0;  // in the file
  std::uint64_t left_ = 0;    // of the part to send
  SendPace pace_;
  Instant piece_since_{};
  std::uint64_t piece_bytes_ = 0;
  ReceiveProgress progress_;
  Instant pause_since_{};
  UploadBody upload_;
  // The rest of a body will not come: the status that says so, or `unanswered`.
  int broken_off_ = 0;
  static constexpr int unanswered = -1;

  // The response.
  protocol::ResponseHead head_;
  std::string text_;  // a sentence for the peer, or what goes before the bytes of a file
  protocol::UploadRefusal upload_refusal_;
  int status_after_release_ = 0;
  std::span<const std::byte> send_head_;
  std::span<const std::byte> send_body_;
  std::size_t head_left_ = 0;  // of what is to be sent, how much is the head of the response
  Ending ending_ = Ending::close;
  CloseReason reason_ = CloseReason::finished;
  bool response_begun_ = false;
  std::size_t linger_left_ = 0;
  Instant linger_since_{};

  RequestRecord record_;
  RequestRecord finished_record_;
  bool finished_ = false;
};

}  // namespace overlap
