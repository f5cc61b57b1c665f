// The far end of a connection, as tests drive it: a real socket or a simulated one. It never
// blocks, so that one thread can drive both ends.
#pragma once

#include <cstddef>
#include <span>

namespace overlap::test {

struct PeerReceived {
  std::size_t bytes = 0;  // 0 with neither flag set: nothing is there yet
  bool ended = false;     // the server has shut down its sending side, and all was read
  bool lost = false;      // the connection was reset
};

// Its destructor closes the connection in good order (a reset if there is something unread).
class Peer {
 public:
  virtual ~Peer() = default;
  // As many bytes as the connection takes now; 0 also once it is lost.
  virtual std::size_t send(std::span<const std::byte> bytes) = 0;
  virtual PeerReceived receive(std::span<std::byte> into) = 0;
  virtual void shutdown_send() = 0;
  virtual void reset() = 0;  // aborts: the server sees a reset, unread bytes are lost
};

}  // namespace overlap::test
