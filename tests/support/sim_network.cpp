#include "tests/support/sim_network.h"

namespace overlap::sim {

void Connection::close_server_end() noexcept {
  server_closed = true;
  if (to_server.held() > 0) {
    reset();
  } else {
    to_peer.end();
  }
}

void Connection::close_peer_end() noexcept {
  peer_closed = true;
  if (to_peer.held() > 0) {
    reset();
  } else {
    to_server.end();
  }
}

std::size_t Peer::send(std::span<const std::byte> bytes) {
  if (connection_->server_closed) {
    connection_->reset();  // nobody is there to read it: the answer is a reset
    return 0;
  }
  return connection_->to_server.put(bytes);
}

test::PeerReceived Peer::receive(std::span<std::byte> into) {
  Pipe& pipe = connection_->to_peer;
  test::PeerReceived received;
  received.bytes = pipe.take(into);
  if (received.bytes == 0) {
    received.lost = pipe.broken();
    received.ended = !received.lost && pipe.drained();
  }
  return received;
}

std::unique_ptr<Peer> Port::connect(std::size_t pipe_bytes) {
  const std::uint32_t number = connected_++;
  auto connection =
      std::make_shared<Connection>(pipe_bytes, "192.0.2." + std::to_string(number / 50'000 % 256) +
                                                   ":" + std::to_string(1024 + number % 50'000));
  if (closed_) {
    connection->reset();
  } else {
    backlog_.push_back(connection);
  }
  return std::make_unique<Peer>(std::move(connection));
}

void Port::close() noexcept {
  closed_ = true;
  for (const auto& connection : backlog_) connection->reset();
  backlog_.clear();
}

}  // namespace overlap::sim
