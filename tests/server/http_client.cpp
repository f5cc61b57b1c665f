#include "tests/server/http_client.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace overlap::test {

namespace {

constexpr DWORD patience_ms = 60'000;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Response parse_head(std::string_view head) {
  Response response;
  response.status = std::atoi(std::string(head.substr(9, 3)).c_str());
  std::size_t line = head.find("\r\n");
  while (line != std::string_view::npos && line + 2 < head.size()) {
    const std::size_t start = line + 2;
    line = head.find("\r\n", start);
    const std::string_view field = head.substr(start, line - start);
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = field.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    response.headers[lower(std::string(field.substr(0, colon)))] = value;
  }
  return response;
}

}  // namespace

HttpClient::HttpClient(std::uint16_t port) {
  win::Socket socket(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, 0));
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&patience_ms),
             sizeof patience_ms);
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, reinterpret_cast<const char*>(&patience_ms),
             sizeof patience_ms);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    socket_ = std::move(socket);
  }
}

bool HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const int sent = write_some(bytes);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

int HttpClient::write_some(std::string_view bytes) {
  const int chunk = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20));
  return ::send(socket_.get(), bytes.data(), chunk, 0);
}

int HttpClient::read_some(std::span<char> into) {
  return recv(socket_.get(), into.data(), static_cast<int>(into.size()), 0);
}

bool HttpClient::fill() {
  std::array<char, 64 * 1024> chunk;
  const int got = read_some(chunk);
  if (got <= 0) return false;
  buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

Response HttpClient::receive(bool to_head) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return {};
  }
  Response response = parse_head(std::string_view(buffer_).substr(0, end + 2));
  buffer_.erase(0, end + 4);
  const bool empty =
      to_head || response.status / 100 == 1 || response.status == 204 || response.status == 304;
  const auto length = response.headers.find("content-length");
  if (empty || length == response.headers.end()) return response;
  const auto size = static_cast<std::size_t>(std::strtoull(length->second.c_str(), nullptr, 10));
  while (buffer_.size() < size) {
    if (!fill()) return {};
  }
  response.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return response;
}

Response HttpClient::request(const std::string& method, const std::string& target,
                             const std::string& headers, std::optional<std::string_view> body) {
  std::string head = method + ' ' + target + " HTTP/1.1\r\nHost: test\r\n" + headers;
  if (body) head += "Content-Length: " + std::to_string(body->size()) + "\r\n";
  send(head + "\r\n");
  if (body) send(*body);
  return receive(method == "HEAD");
}

Response HttpClient::get(const std::string& target, const std::string& headers) {
  return request("GET", target, headers);
}

Response HttpClient::put(const std::string& target, std::string_view body,
                         const std::string& headers) {
  return request("PUT", target, headers, body);
}

bool HttpClient::ended() {
  while (true) {
    std::array<char, 4096> chunk;
    const int got = recv(socket_.get(), chunk.data(), static_cast<int>(chunk.size()), 0);
    if (got > 0) continue;
    return got == 0 || WSAGetLastError() != WSAETIMEDOUT;
  }
}

std::string HttpClient::receive_to_end() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

void HttpClient::half_close() { shutdown(socket_.get(), SD_SEND); }

void HttpClient::reset() {
  const linger abort{1, 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&abort),
             sizeof abort);
  socket_.reset();
}

std::string pattern(std::size_t size, std::uint32_t seed) {
  std::string bytes(size, '\0');
  std::uint32_t state = seed * 2654435761u + 1;
  for (char& byte : bytes) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

}  // namespace overlap::test
