// TLS between a conversation and its I/O model: of the same shape as both, without I/O of its own.
#pragma once

#include <memory>

#include "common/config/config.h"
#include "common/tls/context.h"
#include "common/transfer/conversation.h"

namespace overlap {

// What TLS takes of a file or of a response at a time: encrypted, then sent whole.
inline constexpr std::size_t tls_piece_bytes = 64 * 1024;
// What is received at a time: little while a request is awaited, since the buffer is held as long
// as the wait; most while a body comes.
inline constexpr std::size_t tls_idle_receive_bytes = 4 * 1024;
inline constexpr std::size_t tls_receive_bytes_max = 64 * 1024;
// The whole handshake may bring this much; a chain of client certificates is far below.
inline constexpr std::size_t tls_handshake_bytes_max = 128 * 1024;
// How long a close_notify may take, and a client that spoke plain HTTP may go on.
inline constexpr Instant tls_ending_time = std::chrono::seconds(2);

// Performs the handshake, then starts `inner` and translates its actions:
//   Receive       what is decrypted already, else ciphertext is received and decrypted
//   Send          encrypted; the outcome comes when the last byte has been sent
//   SendFile      pieces are read from the file, encrypted and sent: Read and Send outside
//   ShutdownSend  after a close_notify
//   Close         after a close_notify if the connection ends in good order and the peer listens
// All others pass through untouched. Byte counts in outcomes are of plain text, and of what was
// sent whole. The peer's end of file is Result::eof with or without its close_notify: a body in
// HTTP/1.1 says itself where it ends, so the inner conversation notices one that was cut off.
//
// The inner conversation begins once the handshake is done, with PeerInfo completed. A handshake
// that fails ends with CloseReason::tls_failed; one that lasts longer than Timeouts::head with
// head_timeout. Plain HTTP gets a plain answer (400).
//
// CloseFile may come outside although no file is open: it then only brings the connection back at
// once, so that it sees a finished request before the next one is read out of the same record.
class TlsLayer final : public Conversation {
 public:
  // `timeouts` must outlive the layer. Throws std::bad_alloc.
  TlsLayer(std::shared_ptr<const TlsContext> context, std::unique_ptr<Conversation> inner,
           const config::Timeouts& timeouts);
  ~TlsLayer() override;
  TlsLayer(const TlsLayer&) = delete;
  TlsLayer& operator=(const TlsLayer&) = delete;

  Action start(PeerInfo& peer, const Now& now) override;
  Action resume(const Outcome& outcome, const Now& now) override;
  Action resume(StoreOutcome& outcome, const Now& now) override;
  Action resume(const access::LoginOutcome& outcome, const Now& now) override;
  Instant deadline() const noexcept override;
  bool idle() const noexcept override;
  Activity activity() const noexcept override;
  const RequestRecord* finished_request() const noexcept override;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace overlap
