#include "service/io/listen.h"

#include <array>
#include <memory>

#include "service/io/operation.h"
#include "service/win/error.h"

namespace overlap::io {

namespace {

struct AddressInfoDeleter {
  void operator()(addrinfo* info) const noexcept { freeaddrinfo(info); }
};

template <class Function>
Function extension(SOCKET socket, GUID id) {
  Function function = nullptr;
  DWORD bytes = 0;
  if (WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
               sizeof function, &bytes, nullptr, nullptr) != 0) {
    win::throw_error(static_cast<DWORD>(WSAGetLastError()), "Winsock extension functions");
  }
  return function;
}

WinsockExtensions look_up() {
  const win::Socket socket(
      WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED));
  if (!socket) win::throw_error(static_cast<DWORD>(WSAGetLastError()), "WSASocket");
  return {extension<LPFN_ACCEPTEX>(socket.get(), WSAID_ACCEPTEX),
          extension<LPFN_TRANSMITFILE>(socket.get(), WSAID_TRANSMITFILE)};
}

// Winsock stays up for the life of the process: models and stores have no common end before it.
struct WinsockUse {
  WinsockUse() {
    WSADATA data;
    if (const int error = WSAStartup(MAKEWORD(2, 2), &data)) {
      win::throw_error(static_cast<DWORD>(error), "WSAStartup");
    }
  }
};

}  // namespace

const WinsockExtensions& winsock() {
  static const WinsockUse use;
  static const WinsockExtensions extensions = look_up();
  return extensions;
}

ListenSocket listen_on(const std::string& address, std::uint16_t port) {
  winsock();
  const std::string place = "cannot listen on " + address + " port " + std::to_string(port);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error =
          getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found)) {
    win::throw_error(static_cast<DWORD>(error), place);
  }
  const std::unique_ptr<addrinfo, AddressInfoDeleter> info(found);
  ListenSocket listener;
  listener.family = info->ai_family;
  const auto fail = [&place] { win::throw_error(static_cast<DWORD>(WSAGetLastError()), place); };
  listener.socket.reset(WSASocketW(info->ai_family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                   WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
  if (!listener.socket) fail();
  const BOOL exclusive = TRUE;
  if (setsockopt(listener.socket.get(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE,
                 reinterpret_cast<const char*>(&exclusive), sizeof exclusive) != 0) {
    fail();
  }
  if (bind(listener.socket.get(), info->ai_addr, static_cast<int>(info->ai_addrlen)) != 0) fail();
  if (listen(listener.socket.get(), SOMAXCONN) != 0) fail();
  sockaddr_storage bound{};
  int size = sizeof bound;
  if (getsockname(listener.socket.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) fail();
  listener.port = ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);
  return listener;
}

std::string peer_of(SOCKET socket) {
  sockaddr_storage peer{};
  int size = sizeof peer;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
      getnameinfo(reinterpret_cast<const sockaddr*>(&peer), size, host.data(), host.size(),
                  port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "unknown";
  }
  if (peer.ss_family == AF_INET6) return std::string("[") + host.data() + "]:" + port.data();
  return std::string(host.data()) + ":" + port.data();
}

void send_small_at_once(SOCKET socket) noexcept {
  const BOOL on = TRUE;
  // Only a matter of speed: a failure shows as a slower connection, not a wrong one.
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on), sizeof on);
}

std::string finish_accept_on(SOCKET accepted, SOCKET listening) {
  // Without it getpeername and shutdown fail on the socket. If the peer is gone already, the first
  // receive says so.
  setsockopt(accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
             reinterpret_cast<const char*>(&listening), sizeof listening);
  send_small_at_once(accepted);
  return peer_of(accepted);
}

}  // namespace overlap::io
