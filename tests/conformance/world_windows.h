// The world of the real models: loopback sockets and files in the folder for temporary files.
#pragma once

#include "service/io/models.h"
#include "tests/conformance/world.h"

namespace overlap::conformance {

std::unique_ptr<test::Peer> connect_to(std::uint16_t port);
std::string address_of_socket(test::Peer& peer);
// Opened for overlapped use, deleted when the handle is closed.
win::FileHandle temporary_file(std::span<const std::byte> content, FileAccess access);
win::FileHandle temporary_big_file(std::uint64_t size, std::span<const Mark> marks);

template <class M>
class World {
 public:
  static constexpr bool threads = true;

  std::unique_ptr<M> make_model() { return std::make_unique<M>(); }
  typename M::Listener listen(M& model) {
    io::ListenSocket listener = io::listen_on("127.0.0.1", 0);
    port_ = listener.port;
    return model.open(std::move(listener));
  }
  std::unique_ptr<test::Peer> connect() { return connect_to(port_); }
  std::string address_of(test::Peer& peer) { return address_of_socket(peer); }
  win::FileHandle file(std::span<const std::byte> content, FileAccess access) {
    return temporary_file(content, access);
  }
  win::FileHandle big_file(std::uint64_t size, std::span<const Mark> marks) {
    return temporary_big_file(size, marks);
  }

 private:
  std::uint16_t port_ = 0;
};

}  // namespace overlap::conformance
