// A plain blocking HTTP client for tests: says exactly what it is told, byte for byte.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "service/win/handle.h"

namespace overlap::test {

struct Response {
  int status = 0;  // 0: the connection ended before a whole response came
  std::map<std::string, std::string> headers;  // names in lower case; of several the last
  std::string body;

  // Empty if there is no such field.
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

// Every call gives up after a time that no working server needs, and reports what came until then.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port);  // connected() tells whether it worked
  HttpClient(HttpClient&&) = default;
  HttpClient& operator=(HttpClient&&) = default;
  virtual ~HttpClient() = default;

  bool connected() const { return static_cast<bool>(socket_); }
  bool send(std::string_view bytes);
  Response receive(bool to_head = false);  // one response; to_head: it has no body
  // `headers` as "Name: value\r\n" each. A body, also an empty one, gets a Content-Length.
  Response request(const std::string& method, const std::string& target,
                   const std::string& headers = "",
                   std::optional<std::string_view> body = std::nullopt);
  Response get(const std::string& target, const std::string& headers = "");
  Response put(const std::string& target, std::string_view body, const std::string& headers = "");
  // True when the server has ended the connection, in good order or not.
  bool ended();
  // As much of a body as comes until the connection ends.
  std::string receive_to_end();
  void half_close();
  void reset();  // aborts the connection

 protected:
  // Bytes moved; 0 or less: the connection is lost.
  virtual int write_some(std::string_view bytes);
  virtual int read_some(std::span<char> into);
  SOCKET native() const noexcept { return socket_.get(); }

 private:
  bool fill();
  win::Socket socket_;
  std::string buffer_;
};

// Bytes that look random; the same for the same seed.
std::string pattern(std::size_t size, std::uint32_t seed = 1);

}  // namespace overlap::test
