// Whom an address stands for, where clients are counted.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>

namespace overlap::access {

// Comparable and small, so that it can be a key.
struct ClientNetwork {
  // The version of IP, then the IPv4 address and zeros, or the first 64 bits of the IPv6 address.
  std::array<std::uint8_t, 9> bytes{};

  friend auto operator<=>(const ClientNetwork&, const ClientNetwork&) = default;
};

// `address` as PeerInfo has it. An IPv4 address, also one that is mapped into IPv6, stands for
// itself. An IPv6 address stands for its first 64 bits: a host may use any address of its network
// (RFC 4291, section 2.5.1; RFC 8981). Whatever is no address stands for one and the same client.
ClientNetwork client_network(std::string_view address) noexcept;

}  // namespace overlap::access
