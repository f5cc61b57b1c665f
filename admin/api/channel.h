// The bytes of one accepted connection, with or without TLS. Every wait has a deadline.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "admin/api/crew.h"
#include "common/tls/engine.h"

namespace overlap::admin {

#ifdef _WIN32
using NativeSocket = std::uintptr_t;  // a SOCKET
#else
using NativeSocket = int;
#endif

// Used by one thread. A wait ends early when the seat must go; everything fails from then on.
class Channel {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Takes the socket over and makes it non-blocking.
  Channel(NativeSocket socket, Crew::Seat& seat);
  ~Channel();  // closes it
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Before anything else, if the connection speaks TLS. False if it does not come about.
  bool handshake(std::shared_ptr<const TlsContext> context, Deadline deadline);

  // At least one byte. 0: the connection has ended or failed, or the deadline has come.
  std::size_t read(std::span<char> into, Deadline deadline);
  // All of it, or false.
  bool write(std::string_view bytes, Deadline deadline);
  // Says that nothing more follows, and takes what still comes for a moment: closing on unread
  // bytes would make the system discard what was sent (RFC 9112, section 9.6).
  void finish();

  NativeSocket native() const noexcept { return socket_; }

 private:
  bool wait(bool to_read, Deadline deadline);
  std::size_t receive(std::span<std::byte> into, Deadline deadline);
  bool send(std::span<const std::byte> bytes, Deadline deadline);
  bool send_output(Deadline deadline);

  const NativeSocket socket_;
  Crew::Seat& seat_;
  std::optional<tls::Engine> engine_;
  std::vector<std::byte> ciphertext_;
};

}  // namespace overlap::admin
