#include "admin/api/channel.h"

#ifdef _WIN32
#include <winsock2.h>
#else
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#endif

#include <algorithm>
#include <array>
#include <limits>

namespace overlap::admin {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t ciphertext_bytes = 16 * 1024;
constexpr milliseconds finish_wait{500};
constexpr std::size_t finish_bytes_max = 256 * 1024;

#ifdef _WIN32
void make_nonblocking(NativeSocket socket) {
  u_long yes = 1;
  ioctlsocket(socket, static_cast<long>(FIONBIO), &yes);
}
bool would_block() { return WSAGetLastError() == WSAEWOULDBLOCK; }
void close_native(NativeSocket socket) { closesocket(socket); }
void shut_sending(NativeSocket socket) { shutdown(socket, SD_SEND); }
constexpr int send_flags = 0;
int length_of(std::size_t bytes) {
  return static_cast<int>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max()));
}
// select() and not WSAPoll(), which did not report failures before Windows 10 version 2004.
bool is_ready(NativeSocket socket, bool to_read, milliseconds limit) {
  fd_set sockets;
  FD_ZERO(&sockets);
  FD_SET(socket, &sockets);
  timeval time{0, static_cast<long>(limit.count() * 1000)};
  return select(0, to_read ? &sockets : nullptr, to_read ? nullptr : &sockets, nullptr, &time) != 0;
}
#else
void make_nonblocking(NativeSocket socket) {
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}
bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }
void close_native(NativeSocket socket) { close(socket); }
void shut_sending(NativeSocket socket) { shutdown(socket, SHUT_WR); }
constexpr int send_flags = MSG_NOSIGNAL;
std::size_t length_of(std::size_t bytes) { return bytes; }
bool is_ready(NativeSocket socket, bool to_read, milliseconds limit) {
  pollfd one{socket, static_cast<short>(to_read ? POLLIN : POLLOUT), 0};
  return poll(&one, 1, static_cast<int>(limit.count())) != 0;
}
#endif

}  // namespace

Channel::Channel(NativeSocket socket, Crew::Seat& seat) : socket_(socket), seat_(seat) {
  make_nonblocking(socket_);
}

Channel::~Channel() { close_native(socket_); }

// Also true if the connection has failed: the next call says so.
bool Channel::wait(bool to_read, Deadline deadline) {
  while (!seat_.must_go()) {
    const auto now = Clock::now();
    if (now >= deadline) return false;
    const auto left = std::chrono::ceil<milliseconds>(deadline - now);
    if (is_ready(socket_, to_read, std::min(left, Crew::wait_grace))) return true;
  }
  return false;
}

std::size_t Channel::receive(std::span<std::byte> into, Deadline deadline) {
  for (;;) {
    const auto count =
        ::recv(socket_, reinterpret_cast<char*>(into.data()), length_of(into.size()), 0);
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == 0 || !would_block() || !wait(true, deadline)) return 0;
  }
}

bool Channel::send(std::span<const std::byte> bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_, reinterpret_cast<const char*>(bytes.data()),
                              length_of(bytes.size()), send_flags);
    if (count > 0)
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    else if (!would_block() || !wait(false, deadline))
      return false;
  }
  return true;
}

bool Channel::send_output(Deadline deadline) {
  const auto output = engine_->output();
  if (!send(output, deadline)) return false;
  engine_->sent(output.size());
  return true;
}

bool Channel::handshake(std::shared_ptr<const TlsContext> context, Deadline deadline) {
  engine_.emplace(std::move(context));
  ciphertext_.resize(ciphertext_bytes);
  for (;;) {
    const auto status = engine_->handshake();
    if (!send_output(deadline)) return false;
    if (status == tls::Engine::Status::done) return true;
    if (status != tls::Engine::Status::wants_input) return false;
    const std::size_t count = receive(ciphertext_, deadline);
    if (count == 0) return false;
    engine_->feed(std::span(ciphertext_).first(count));
  }
}

std::size_t Channel::read(std::span<char> into, Deadline deadline) {
  const auto bytes = std::as_writable_bytes(into);
  if (!engine_) return receive(bytes, deadline);
  for (;;) {
    std::size_t count = 0;
    const auto status = engine_->read(bytes, count);
    if (!send_output(deadline)) return 0;
    if (status == tls::Engine::Status::done) return count;
    if (status != tls::Engine::Status::wants_input) return 0;
    count = receive(ciphertext_, deadline);
    if (count == 0) return 0;
    engine_->feed(std::span(ciphertext_).first(count));
  }
}

bool Channel::write(std::string_view bytes, Deadline deadline) {
  const auto plain = std::as_bytes(std::span(bytes));
  if (!engine_) return send(plain, deadline);
  // Piece by piece: what is encrypted and not yet taken stays in memory.
  constexpr std::size_t piece_bytes = 64 * 1024;
  for (std::size_t at = 0; at < plain.size(); at += piece_bytes) {
    const auto piece = plain.subspan(at, std::min(piece_bytes, plain.size() - at));
    if (engine_->write(piece) != tls::Engine::Status::done || !send_output(deadline)) return false;
  }
  return true;
}

void Channel::finish() {
  const auto deadline = Clock::now() + finish_wait;
  if (engine_) {
    engine_->close();
    if (!send_output(deadline)) return;
  }
  shut_sending(socket_);
  std::array<std::byte, 4096> unwanted;
  std::size_t total = 0;
  while (total < finish_bytes_max) {
    const std::size_t count = receive(unwanted, deadline);
    if (count == 0) return;
    total += count;
  }
}

}  // namespace overlap::admin
