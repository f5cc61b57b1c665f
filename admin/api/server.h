// The management endpoint on its socket.
#pragma once

#include <cstdint>
#include <memory>

#include "admin/api/http_endpoint.h"
#include "admin/api/management.h"
#include "admin/api/sampler.h"
#include "common/config/config.h"

namespace overlap::admin {

// Serves the API, the metrics and the dashboard over HTTP/1.1 on threads of its own, so that it
// answers while every model is saturated. Idle until start().
class AdminServer {
 public:
  // `sampler`, which has started, outlives it. `config.port` 0 takes any free port. With
  // `config.tls` every connection speaks TLS, with what `certificate` says. Throws
  // std::invalid_argument if an address off loopback comes without TLS.
  AdminServer(const config::Admin& config, Management management, const Sampler& sampler,
              Certificate certificate = {});
  ~AdminServer();  // stops
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // Returns once connections are accepted. To be called once. Throws std::system_error that names
  // address and port if they cannot be listened on, for example because another program does.
  void start();
  // Refuses new connections, ends streams and connections that wait for a request, answers the
  // requests under way and joins the threads. A client that does not take its answer delays it by
  // at most a few seconds. Harmless if not started, or twice. Not to be called by a command.
  void stop() noexcept;

  // From the next request on: anonymous_read and hosts; nothing else of it is looked at. Any
  // thread. Throws std::bad_alloc, and has then changed nothing.
  void apply(const config::Admin& config);

  std::uint16_t port() const noexcept;  // after start()

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace overlap::admin
