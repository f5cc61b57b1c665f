// The simulated network: listeners, connections of two bounded pipes, and the peers at the far end
// of them. Everything here happens at once and never fails by itself; delays and faults are the
// model's.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <string>

#include "service/io/operation.h"
#include "tests/support/peer.h"
#include "tests/support/sim_pipe.h"

namespace overlap::sim {

// At most one operation may be outstanding on a handle, and it must outlive that operation.
class Handle {
 public:
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (pending_) io::broken_invariant("a handle was closed while an operation was pending on it");
  }
  void claim(io::OperationBase& op) noexcept {
    if (pending_) io::broken_invariant("two operations were outstanding on one handle");
    pending_ = &op;
  }
  void release() noexcept { pending_ = nullptr; }

 private:
  io::OperationBase* pending_ = nullptr;
};

// What both ends share. The server's end is a Stream, the far end a Peer.
class Connection {
 public:
  Connection(std::size_t pipe_bytes, std::string peer_name)
      : to_server(pipe_bytes), to_peer(pipe_bytes), peer(std::move(peer_name)) {}

  void reset() noexcept {
    to_server.break_off();
    to_peer.break_off();
  }
  bool broken() const noexcept { return to_server.broken(); }
  // Closing with unread bytes resets the connection (RFC 9293, section 3.10.4), which costs the
  // peer what it has not read yet.
  void close_server_end() noexcept;
  void close_peer_end() noexcept;

  Pipe to_server;
  Pipe to_peer;
  std::string peer;
  bool server_closed = false;
  bool peer_closed = false;
};

// The server's end. Movable while nothing is pending; its destructor closes the connection.
class Stream {
 public:
  Stream() = default;  // refers to no connection: every operation on it is refused
  explicit Stream(std::shared_ptr<Connection> connection)
      : end_(std::make_unique<End>(std::move(connection))) {}

 private:
  friend class SimModel;
  struct End : Handle {
    explicit End(std::shared_ptr<Connection> c) : connection(std::move(c)) {}
    ~End() { connection->close_server_end(); }
    std::shared_ptr<Connection> connection;
  };
  std::unique_ptr<End> end_;
};

// The far end, driven by a test. Never blocks.
class Peer final : public test::Peer {
 public:
  explicit Peer(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~Peer() override { connection_->close_peer_end(); }

  std::size_t send(std::span<const std::byte> bytes) override;
  test::PeerReceived receive(std::span<std::byte> into) override;
  void shutdown_send() override { connection_->to_server.end(); }
  void reset() override { connection_->reset(); }
  // Bytes that the server has sent and this peer has not read.
  std::size_t unread() const noexcept { return connection_->to_peer.held(); }
  const std::string& name() const noexcept { return connection_->peer; }

 private:
  std::shared_ptr<Connection> connection_;
};

// A port that is listened on. Peers connect to it at once and wait in its backlog until they are
// accepted. Does not move.
class Port : public Handle {
 public:
  // `pipe_bytes` is how much each direction of the connection holds.
  std::unique_ptr<Peer> connect(std::size_t pipe_bytes = 64 * 1024);
  std::size_t backlog() const noexcept { return backlog_.size(); }
  // Refuses whoever waits and whoever comes.
  void close() noexcept;

 private:
  friend class SimModel;
  bool closed_ = false;
  std::deque<std::shared_ptr<Connection>> backlog_;
  std::uint32_t connected_ = 0;
};

// A null port: every accept is refused.
struct Listener {
  std::shared_ptr<Port> port;
};

}  // namespace overlap::sim
