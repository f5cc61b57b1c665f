// A client that sends what it is told, byte for byte, so that tests can be rude.
#pragma once

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#endif

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace overlap::admin {

class RawClient {
 public:
#ifdef _WIN32
  using Socket = SOCKET;
#else
  using Socket = int;
#endif

  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    set_patience();
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close_socket();
      throw std::runtime_error("nobody accepts the connection");
    }
  }
  ~RawClient() { close_socket(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::send(socket_, bytes.data(), length_of(bytes.size()), flags);
      if (count <= 0) throw std::runtime_error("send failed");
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  // Ends the connection by a reset, not in good order.
  void reset() {
    const linger now{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&now), sizeof now);
  }

  // One response: head and, by its Content-Length, body. Empty at the end of the connection.
  std::string receive(bool head_only = false) {
    if (receive_until("\r\n\r\n").empty()) return {};
    const std::size_t head = buffer_.find("\r\n\r\n") + 4;
    const std::size_t field = buffer_.find("Content-Length: ");
    const std::size_t body = head_only || field > head ? 0 : std::stoul(buffer_.substr(field + 16));
    while (buffer_.size() < head + body)
      if (!receive_more()) return {};
    std::string response = buffer_.substr(0, head + body);
    buffer_.erase(0, head + body);
    return response;
  }

  // Everything up to the first `text` and that, without taking it. Empty if it does not come.
  std::string receive_until(std::string_view text) {
    while (buffer_.find(text) == std::string::npos)
      if (!receive_more()) return {};
    return buffer_.substr(0, buffer_.find(text) + text.size());
  }

  // Whatever comes next; empty at the end of the connection.
  std::string receive_some() {
    if (buffer_.empty()) receive_more();
    return std::exchange(buffer_, {});
  }

  // Whether the server ends the connection, within the patience of this client; what still comes is
  // thrown away.
  bool ends() {
    while (receive_more()) buffer_.clear();
    return !timed_out_;
  }
  // Likewise, and nothing comes before.
  bool at_end() { return buffer_.empty() && !receive_more() && !timed_out_; }

 private:
#ifdef _WIN32
  static constexpr int flags = 0;
  static int length_of(std::size_t bytes) { return static_cast<int>(bytes); }
  void close_socket() { closesocket(socket_); }
  static bool was_timeout() { return WSAGetLastError() == WSAETIMEDOUT; }
  void set_patience() {
    const DWORD milliseconds = 30'000;
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&milliseconds),
               sizeof milliseconds);
  }
#else
  static constexpr int flags = MSG_NOSIGNAL;
  static std::size_t length_of(std::size_t bytes) { return bytes; }
  void close_socket() { close(socket_); }
  static bool was_timeout() { return errno == EAGAIN || errno == EWOULDBLOCK; }
  void set_patience() {
    const timeval time{30, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  }
#endif

  bool receive_more() {
    char bytes[4096];
    const auto count = recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) {
      timed_out_ = count < 0 && was_timeout();
      return false;
    }
    buffer_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  const Socket socket_;
  std::string buffer_;
  bool timed_out_ = false;
};

}  // namespace overlap::admin
