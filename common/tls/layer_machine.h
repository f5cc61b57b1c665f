// The state machine behind TlsLayer. One file a part of a connection's life: layer_handshake.cpp
// (until the inner conversation begins), layer.cpp (its actions), layer_ending.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

#include "common/tls/engine.h"
#include "common/tls/layer.h"
#include "common/transfer/byte_buffer.h"

namespace overlap {

class TlsLayer::Machine {
 public:
  Machine(std::shared_ptr<const TlsContext> context, std::unique_ptr<Conversation> inner,
          const config::Timeouts& timeouts);

  Action start(PeerInfo& peer, const Now& now);
  Action resume(const Outcome& outcome, const Now& now);
  Action resume(StoreOutcome& outcome, const Now& now);
  Action resume(const access::LoginOutcome& outcome, const Now& now);
  // Memory ran out: nothing can be said to the peer.
  Action give_up() noexcept;

  Instant deadline() const noexcept;
  bool idle() const noexcept;
  Activity activity() const noexcept;
  const RequestRecord* finished_request() const noexcept { return finished_; }

 private:
  // What is outstanding outside.
  enum class State : std::uint8_t {
    created,
    // Before the inner conversation.
    receiving_handshake,
    sending_handshake,
    refusing_handshake,  // an alert is sent
    refusing_plain,      // somebody spoke plain HTTP
    shutting_plain,
    lingering_plain,
    // For the inner conversation.
    passed,     // its own action
    receiving,  // ciphertext, for its Receive
    flushing,   // the same, but what TLS itself has to say is sent first
    alerting,   // TLS has failed: the peer is told before the inner conversation is
    sending,    // ciphertext, for its Send or SendFile
    reading,    // a piece of the file, for its SendFile
    yielding,   // nothing: `kept_` follows at once
    // The end.
    closing_notify,  // before the inner conversation's ShutdownSend
    last_words,      // before its Close
    closed,
  };
  // Either something to do outside, or an outcome for the inner conversation at once.
  using Step = std::variant<Action, Outcome>;

  // The only place that changes state_.
  Action enter(State state, Action&& action) noexcept;
  Action close(CloseReason reason) noexcept;
  // Sends what the engine has put out, as what `state` says.
  Action flush(State state) noexcept;
  // The outcome of flush(): whether everything is out. If not, and nothing is broken, `flush`
  // again.
  bool note_sent(const Outcome& outcome) noexcept;

  // The handshake.
  Action receive_handshake();
  Action handshake_received(const Outcome& outcome);
  Action handshake_sent(const Outcome& outcome);
  Action shake_hands();
  Action begin_inner();
  Action lose_handshake(const Outcome& outcome) noexcept;
  Action refuse_plain() noexcept;
  Action plain_refused(const Outcome& outcome) noexcept;
  Action linger_plain() noexcept;
  Action plain_lingered(const Outcome& outcome) noexcept;

  // The inner conversation: resumed until it wants something outside.
  Action run(Step step);
  Step translate(Action wanted);
  Step resume_inner(const Outcome& outcome);
  Step ended(const Outcome& outcome);

  Step receive();
  Action receive_ciphertext();
  Step ciphertext_received(const Outcome& outcome);
  Step flushed(const Outcome& outcome);
  Step alerted(const Outcome& outcome);

  Step send_piece();
  bool encrypt(std::span<const std::byte>& plain);
  Step piece_read(const Outcome& outcome);
  Step piece_sent(const Outcome& outcome);

  Action say_goodbye(State state, Action after);
  Step notified(const Outcome& outcome);

  tls::Engine engine_;
  const std::unique_ptr<Conversation> inner_;
  const config::Timeouts& timeouts_;
  PeerInfo* peer_ = nullptr;
  State state_ = State::created;
  Now now_;
  Instant own_deadline_ = never;  // of the handshake and of endings
  const RequestRecord* finished_ = nullptr;

  ByteBuffer input_;  // ciphertext
  std::size_t handshake_bytes_ = 0;
  bool peer_ended_ = false;   // nothing more will come
  bool send_broken_ = false;  // part of a record was lost: nothing more can be said
  bool failed_ = false;       // TLS itself has

  // What the inner conversation wants.
  std::span<std::byte> into_;
  std::span<const std::byte> head_;  // not encrypted yet
  std::span<const std::byte> body_;
  std::uint64_t file_offset_ = 0;
  std::uint64_t file_left_ = 0;
  ByteBuffer piece_;              // of the file
  std::size_t in_flight_ = 0;     // plain bytes that were encrypted since the last send began
  std::uint64_t plain_sent_ = 0;  // plain bytes that are out, of this Send or SendFile
  Outcome kept_;
  CloseReason reason_ = CloseReason::finished;  // of last_words
  std::string_view plain_answer_;
  std::size_t linger_left_ = 0;
};

}  // namespace overlap
