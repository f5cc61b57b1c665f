// One address and port, served by one I/O model.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/config/config.h"
#include "common/stats/snapshot.h"
#include "service/server/listener_services.h"

namespace overlap::server {

// Thread-safe in what it says; start to stop are called by one thread.
class Listener {
 public:
  virtual ~Listener() = default;

  // Binds, listens and accepts; once. Throws std::system_error naming address and port.
  virtual void start() = 0;
  // New connections are answered with 503; those that are open go on. The port is kept: where it
  // was bound exclusively, Windows would not give it back while a connection lives (Microsoft:
  // "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE").
  virtual void pause() = 0;
  virtual void resume() = 0;
  // Gives the port up and closes idle connections; requests under way may finish. Returns at once.
  virtual void drain() = 0;
  // Closes what is left. Returns at once.
  virtual void close() = 0;
  // After drain() or close(): connections that still live. Any thread.
  virtual std::size_t connections() const = 0;
  // Ends the threads. Nothing may be connected any more.
  virtual void stop() = 0;

  // Once a second: measures the dispatch lag. Any one thread.
  virtual void probe() = 0;
  virtual std::uint16_t port() const = 0;             // as bound by start(); any thread
  virtual bool accepting() const = 0;                 // any thread
  virtual stats::ModelSnapshot snapshot() const = 0;  // any thread
  virtual const config::Listener& config() const = 0;
};

// `services` must outlive the listener.
std::unique_ptr<Listener> make_listener(const config::Listener& config,
                                        const ListenerServices& services);

}  // namespace overlap::server
