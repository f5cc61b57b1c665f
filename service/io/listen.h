// Listening sockets, and what every accepted socket gets.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>
// winsock2.h must come first.
#include <mswsock.h>

#include <cstdint>
#include <string>

#include "service/win/handle.h"

namespace overlap::io {

struct ListenSocket {
  win::Socket socket;
  int family = AF_INET;
  std::uint16_t port = 0;  // as bound: never 0
};

// Binds exclusively (no other process can take the port over) and listens. Port 0 takes a free one.
// Throws std::system_error naming address and port. `address` is a literal IPv4 or IPv6 address.
ListenSocket listen_on(const std::string& address, std::uint16_t port);

// The address and port of the peer, "192.0.2.7:50123" or "[2001:db8::1]:50123"; "unknown" if the
// peer is gone already.
std::string peer_of(SOCKET socket);

// The extension functions of Winsock, looked up once (Microsoft: "AcceptEx function", remarks).
struct WinsockExtensions {
  LPFN_ACCEPTEX accept_ex = nullptr;
  LPFN_TRANSMITFILE transmit_file = nullptr;
};
const WinsockExtensions& winsock();

// Nagle off: responses are gathered into whole sends already.
void send_small_at_once(SOCKET socket) noexcept;

// After AcceptEx: makes the socket a full one, and sends small responses at once. Returns the peer.
std::string finish_accept_on(SOCKET accepted, SOCKET listening);

}  // namespace overlap::io
