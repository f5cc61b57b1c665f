// A plain blocking HTTP client for tests: says exactly what it is told, byte for byte.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "service/win/handle.h"

namespace overlap::test {

struct Response {
  int status = 0;  // 0: the connection ended before a whole response came
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// Every call gives up after a time that no working server needs, and reports what came until then.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port);  // connected() tells whether it worked

  bool connected() const { return static_cast<bool>(socket_); }
  bool send(std::string_view bytes);
  Response receive(bool to_head = false);  // one response; to_head: it has no body
  Response get(const std::string& target, const std::string& headers = "");
  Response put(const std::string& target, std::string_view body, const std::string& headers = "");
  // True when the server has ended the connection, in good order or not.
  bool ended();
  void half_close();
  void reset();  // aborts the connection

 private:
  bool fill();
  win::Socket socket_;
  std::string buffer_;
};

// Bytes that look random; the same for the same seed.
std::string pattern(std::size_t size, std::uint32_t seed = 1);

}  // namespace overlap::test
