// A client that sends what it is told, byte for byte, so that tests can be rude.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace overlap::admin {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const DWORD patience_milliseconds = 30'000;
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO,
               reinterpret_cast<const char*>(&patience_milliseconds), sizeof patience_milliseconds);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      const int error = WSAGetLastError();
      closesocket(socket_);
      throw std::runtime_error("connect: error " + std::to_string(error));
    }
  }
  ~RawClient() { closesocket(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes) {
    if (::send(socket_, bytes.data(), static_cast<int>(bytes.size()), 0) !=
        static_cast<int>(bytes.size()))
      throw std::runtime_error("send failed");
  }

  // Ends the connection by a reset, not in good order.
  void reset() {
    const linger now{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&now), sizeof now);
  }

  // One response: head and, by its Content-Length, body. Empty at the end of the connection.
  std::string receive(bool head_only = false) {
    while (buffer_.find("\r\n\r\n") == std::string::npos)
      if (!receive_more()) return {};
    const std::size_t head = buffer_.find("\r\n\r\n") + 4;
    const std::size_t field = buffer_.find("Content-Length: ");
    const std::size_t body = head_only || field > head ? 0 : std::stoul(buffer_.substr(field + 16));
    while (buffer_.size() < head + body)
      if (!receive_more()) return {};
    std::string response = buffer_.substr(0, head + body);
    buffer_.erase(0, head + body);
    return response;
  }

  // Whether the server ends the connection, within the patience of this client.
  bool at_end() { return buffer_.empty() && !receive_more(); }

 private:
  bool receive_more() {
    char bytes[4096];
    const int count = recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  SOCKET socket_;
  std::string buffer_;
};

}  // namespace overlap::admin
