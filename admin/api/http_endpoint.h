// The HTTP library, bound to the endpoint's routes, threads and sockets.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "admin/api/crew.h"
#include "admin/api/routes.h"
#include "common/tls/context.h"

namespace overlap::admin {

// The certificate in use. Asked at each connection, by any thread; never null.
using Certificate = std::function<std::shared_ptr<const TlsContext>()>;

class HttpEndpoint {
 public:
  // Both must outlive it. Without `certificate` it speaks plain HTTP.
  HttpEndpoint(const Routes& routes, Crew& crew, Certificate certificate);
  ~HttpEndpoint();
  HttpEndpoint(const HttpEndpoint&) = delete;
  HttpEndpoint& operator=(const HttpEndpoint&) = delete;

  // 0 takes any free port. Returns the port, or 0: last_error() says why.
  std::uint16_t bind(const std::string& address, std::uint16_t port);
  static int last_error() noexcept;  // of the system; never 0
  // After a successful bind: accepts connections for the crew until stop(), or until the system
  // refuses to accept.
  void listen();
  void wait_until_ready() const;
  void stop() noexcept;  // any thread, while another is within listen()

 private:
  class Library;
  std::unique_ptr<Library> library_;
};

}  // namespace overlap::admin
