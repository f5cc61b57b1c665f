// What a test needs around a model: a model, a listener, peers, and files. One specialisation per
// kind of model.
//
//   std::unique_ptr<M> make_model()         on the thread that will drive it; record_into() is done
//   typename M::Listener listen(M&)         makes the one listener of this world
//   std::unique_ptr<test::Peer> connect()   a peer connected to it, whether or not it is accepted
//   std::string address_of(test::Peer&)     how the peer should be named by accept
//   typename M::NativeFile file(content, access)   a new temporary file
//   typename M::NativeFile big_file(size, marks)   sparse; `marks` are written at their offsets
//   static constexpr bool threads           whether peers and models may live on several threads
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/support/peer.h"

namespace overlap::conformance {

enum class FileAccess : std::uint8_t { read_write, read_only, write_only };

struct Mark {
  std::uint64_t offset;
  std::span<const std::byte> bytes;
};

template <class M>
class World;

}  // namespace overlap::conformance
