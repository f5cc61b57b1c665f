#include "service/server/listener.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

#include "service/log/log.h"

namespace overlap::server {
namespace {

using management::ListenerPhase;

Places::Limits limits_of(const config::Listener& config) {
  return {config.connections_max, config.connections_per_address_max};
}

// A port that was just given up may be taken for a moment still.
io::ListenSocket listen_again(const std::string& address, std::uint16_t port) {
  constexpr auto patience = std::chrono::seconds(2);
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    try {
      return io::listen_on(address, port);
    } catch (const std::system_error&) {
      if (std::chrono::steady_clock::now() > end) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace

Listener::Listener(const config::Listener& config, CarrierServices& services)
    : services_(services), share_{Places(limits_of(config))}, config_(config), port_(config.port) {}

Listener::~Listener() = default;

void Listener::install(std::unique_ptr<Carrier> next, Phase former_phase) {
  Carrier* former = carrier_.get();
  {
    const std::lock_guard hold(mutex_);
    if (carrier_) former_.push_back(std::move(carrier_));
    carrier_ = std::move(next);
  }
  if (former) former->enter(former_phase);
}

Listener::Ready Listener::make_ready(const config::Listener& config,
                                     std::optional<io::ListenSocket> socket) {
  return {config, make_carrier(config, services_, share_), std::move(socket)};
}

void Listener::open(Ready ready) {
  io::ListenSocket socket =
      ready.socket ? std::move(*ready.socket) : io::listen_on(ready.config.address, port_);
  const std::uint16_t bound = socket.port;
  share_.accept_failing.store(false);
  share_.accepting.store(true);
  try {
    ready.carrier->accept(std::move(socket));
  } catch (...) {
    share_.accepting.store(false);
    throw;
  }
  install(std::move(ready.carrier), Phase::draining);
  const std::lock_guard hold(mutex_);
  port_ = bound;
  phase_ = ListenerPhase::running;
}

void Listener::pause() {
  if (phase_ != ListenerPhase::running) return;
  share_.accepting.store(false);
  const std::lock_guard hold(mutex_);
  phase_ = ListenerPhase::paused;
}

void Listener::resume() {
  if (phase_ == ListenerPhase::running) return;
  if (phase_ != ListenerPhase::paused) return open();
  share_.accepting.store(true);
  const std::lock_guard hold(mutex_);
  phase_ = ListenerPhase::running;
}

void Listener::drain() {
  share_.accepting.store(false);
  if (carrier_) carrier_->release();
  share_.accept_failing.store(false);
  for (const auto& carrier : former_) carrier->enter(Phase::draining);
  install(nullptr, Phase::draining);
  const std::lock_guard hold(mutex_);
  phase_ = former_.empty() ? ListenerPhase::drained : ListenerPhase::draining;
}

void Listener::close() {
  drain();
  for (const auto& carrier : former_) carrier->enter(Phase::closing);
}

void Listener::change(Ready ready) {
  std::optional<io::ListenSocket>& socket = ready.socket;
  if (carrier_) {
    const bool moves = socket.has_value();
    std::optional<io::ListenSocket> before = carrier_->release();
    share_.accept_failing.store(false);  // it accepts no more, and the next one has not begun
    std::uint16_t bound = 0;
    try {
      if (!moves) {
        socket =
            before ? std::exchange(before, std::nullopt) : listen_again(config_.address, port_);
      }
      bound = socket->port;
      ready.carrier->accept(std::move(*socket));
    } catch (const std::exception&) {
      go_back(moves ? std::move(before) : std::move(socket));
      throw;
    }
    install(std::move(ready.carrier), Phase::retiring);
    const std::lock_guard hold(mutex_);
    port_ = bound;
  } else if (ready.config.port != config_.port) {
    const std::lock_guard hold(mutex_);
    port_ = ready.config.port;
  }
  share_.places.limit(limits_of(ready.config));
  const std::lock_guard hold(mutex_);
  config_ = std::move(ready.config);
}

void Listener::go_back(std::optional<io::ListenSocket> socket) {
  try {
    if (!socket) socket = listen_again(config_.address, port_);
    carrier_->accept(std::move(*socket));
  } catch (const std::exception& error) {
    log::event(log::EventId::listener_failed,
               {config_.name, config_.address + " port " + std::to_string(port_), error.what()});
    drain();
  }
}

void Listener::reap() {
  std::vector<std::unique_ptr<Carrier>> ended;
  bool drained = false;
  {
    const std::lock_guard hold(mutex_);
    const auto left = std::stable_partition(former_.begin(), former_.end(),
                                            [](const auto& carrier) { return !carrier->empty(); });
    std::move(left, former_.end(), std::back_inserter(ended));
    former_.erase(left, former_.end());
    drained = phase_ == ListenerPhase::draining && former_.empty();
    if (drained) phase_ = ListenerPhase::drained;
  }
  ended.clear();  // outside of the mutex: their threads are waited for
  if (drained) log::event(log::EventId::listener_drained, {config_.name});
}

config::Listener Listener::config() const {
  const std::lock_guard hold(mutex_);
  return config_;
}

std::uint16_t Listener::port() const {
  const std::lock_guard hold(mutex_);
  return port_;
}

std::size_t Listener::connections() const {
  std::size_t count = 0;
  for_each_carrier([&](const Carrier& carrier) { count += carrier.connections(); });
  return count;
}

bool Listener::empty() const {
  bool all = true;
  for_each_carrier([&](const Carrier& carrier) { all = all && carrier.empty(); });
  return all;
}

void Listener::probe() {
  for_each_carrier([](Carrier& carrier) { carrier.probe(); });
}

bool Listener::close_connection(std::uint64_t id) {
  bool found = false;
  for_each_carrier([&](Carrier& carrier) { found = found || carrier.close_connection(id); });
  return found;
}

void Listener::list(const ConnectionFilter& filter,
                    std::vector<management::ConnectionState>& connections) const {
  for_each_carrier([&](const Carrier& carrier) { carrier.list(filter, connections); });
}

void Listener::note_stall(management::ListenerState& state) const {
  const Instant now = std::chrono::steady_clock::now().time_since_epoch();
  const auto look = [&](const Carrier& carrier) {
    const double seconds = std::chrono::duration<double>(carrier.stalled_for(now)).count();
    if (seconds <= state.stalled_seconds) return;
    state.stalled_seconds = seconds;
    state.stalled_model = carrier.model();
  };
  if (carrier_) look(*carrier_);
  for (const auto& carrier : former_) look(*carrier);
}

management::ListenerState Listener::state() const {
  const Places::Counts counts = share_.places.counts();
  management::ListenerState state;
  const std::lock_guard hold(mutex_);
  state.name = config_.name;
  state.model = config_.model;
  state.address = config_.address;
  state.port = port_;
  state.tls = config_.tls;
  state.phase = phase_;
  state.accept_failing = share_.accept_failing.load();
  state.threads_max = config_.threads;
  state.connections = counts.now;
  state.connections_peak = counts.peak;
  state.connections_max = carrier_ ? carrier_->places() : config_.connections_max;
  state.connections_per_address_max = config_.connections_per_address_max;
  state.connections_total = counts.total;
  state.rejected_total = counts.rejected;
  note_stall(state);
  for (const auto& carrier : former_) {
    const std::size_t carried = carrier->connections();
    // After a drain or other limits they are still on the model that the listener has.
    if (carried == 0 || carrier->model() == config_.model) continue;
    const auto same = std::find_if(
        state.former.begin(), state.former.end(),
        [&](const management::FormerModel& former) { return former.model == carrier->model(); });
    if (same == state.former.end()) {
      state.former.push_back({carrier->model(), carried});
    } else {
      same->connections += carried;
    }
  }
  return state;
}

}  // namespace overlap::server
