// One address and port, served by one I/O model at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/management/state.h"
#include "service/io/listen.h"
#include "service/server/carrier.h"

namespace overlap::server {

// What changes it is called by one thread, and says so; the rest by any.
class Listener {
 public:
  // `services` must outlive the listener. Accepts nothing yet.
  Listener(const config::Listener& config, CarrierServices& services);
  ~Listener();  // nothing may be connected any more
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // ---- the one thread ----

  // What new connections are to be accepted and carried by: threads that run, and perhaps a socket.
  struct Ready {
    config::Listener config;
    std::unique_ptr<Carrier> carrier;
    std::optional<io::ListenSocket> socket;
  };
  // Makes everything ready that may fail for want of means, and changes nothing. Throws
  // std::system_error.
  Ready make_ready(const config::Listener& config,
                   std::optional<io::ListenSocket> socket = std::nullopt);

  // Accepts, after it was made or drained; connections that a drain has left go on. Binds unless
  // it gets a socket. Throws std::system_error naming address and port; nothing has changed then.
  void open() { open(make_ready(config_)); }
  void open(Ready ready);
  // New connections are answered with 503; those that are open go on. The port is kept: where it
  // was bound exclusively, Windows would not give it back while a connection lives (Microsoft:
  // "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE").
  void pause();
  // Accepts again, after a pause or a drain. Throws as open() does.
  void resume();
  // Gives the port up and closes idle connections; requests under way may finish. Returns at once.
  void drain();
  // Closes what is left. Returns at once.
  void close();
  // Other settings, perhaps another model: new connections begin with them; those that are open go
  // on as they are, and end with their next response. Without a socket of its own it goes on with
  // the one of before: address and port must be the same. A drained listener stays so, and has the
  // settings when it is resumed. Throws std::system_error: then it serves as before, or, if even
  // that is refused, it is drained.
  void change(Ready ready);
  // Ends what carried connections and has none left.
  void reap();

  // ---- any thread ----

  config::Listener config() const;
  std::uint16_t port() const;  // as bound; before that, as configured
  bool accepting() const noexcept { return share_.accepting.load(); }
  std::size_t connections() const;
  bool empty() const;
  void probe();
  bool close_connection(std::uint64_t id);
  void list(const ConnectionFilter& filter,
            std::vector<management::ConnectionState>& connections) const;
  management::ListenerState state() const;

 private:
  // Under the mutex: the one that accepts, then the former ones.
  template <class Function>
  void for_each_carrier(Function function) const {
    const std::lock_guard hold(mutex_);
    if (carrier_) function(*carrier_);
    for (const auto& carrier : former_) function(*carrier);
  }
  void note_stall(management::ListenerState& state) const;  // under the mutex
  // The only place that changes who accepts.
  void install(std::unique_ptr<Carrier> next, Phase former_phase);
  // Accepts on `socket` as before, or binds anew; is drained if that fails too.
  void go_back(std::optional<io::ListenSocket> socket);

  CarrierServices& services_;
  ListenerShare share_;
  // Guards the list and the settings for those who read them; the one thread alone changes them,
  // and reads without it.
  mutable std::mutex mutex_;
  config::Listener config_;
  management::ListenerPhase phase_ = management::ListenerPhase::drained;
  std::uint16_t port_ = 0;
  std::unique_ptr<Carrier> carrier_;              // accepts; null while drained
  std::vector<std::unique_ptr<Carrier>> former_;  // still carry connections
};

}  // namespace overlap::server
