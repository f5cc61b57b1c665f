// The management endpoint on its socket.
#pragma once

#include <cstdint>
#include <memory>

#include "admin/api/routes.h"
#include "common/config/config.h"
#include "common/stats/source.h"

namespace overlap::admin {

// Serves Routes over HTTP/1.1 on threads of its own, so that it answers while every model is
// saturated. Idle until start(). One thread at a time may call its members.
class AdminServer {
 public:
  // `source` must outlive the server. `config.port` 0 takes any free port.
  AdminServer(const config::Admin& config, const stats::SnapshotSource& source, Version version);
  ~AdminServer();  // stops
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // Returns once connections are accepted. To be called once. Throws std::system_error that names
  // address and port if they cannot be listened on, for example because another program does.
  void start();
  // Refuses new connections, answers the requests under way and joins the threads; a client that
  // keeps silent amid a request delays it by at most `io_seconds_max`. Harmless if not started.
  void stop() noexcept;

  std::uint16_t port() const noexcept;  // after start()

  // One receive or send of a client's.
  static constexpr int io_seconds_max = 3;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace overlap::admin
