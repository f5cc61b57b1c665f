// A listener on model M: who accepts, who carries, and what happens when all are full.
//
//   device, event   one thread accepts; shards of 63 connections, one thread each, are added as
//                   connections come
//   apc             one thread accepts; a fixed number of workers, the least loaded takes the next
//   asio            one shard, driven by a pool of threads, accepts and carries
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "service/io/listen.h"
#include "service/server/acceptor.h"
#include "service/server/listener.h"

namespace overlap::server {

template <io::IoModel M>
class ListenerOf final : public Listener, private AcceptorClient<M> {
 public:
  ListenerOf(const config::Listener& config, const ListenerServices& services)
      : config_(config),
        stats_(M::name, M::shared, &give_way),
        services_{services, config.tls, stats_, AddressPlaces(config.connections_per_address_max)},
        acceptor_(*this) {}

  ~ListenerOf() override {
    if (front_) stop();
  }

  void start() override {
    io::ListenSocket socket = io::listen_on(config_.address, config_.port);
    port_.store(socket.port);
    front_ = std::make_unique<Shard<M>>(services_, M::shared ? threads() : 1, &acceptor_);
    if constexpr (!M::shared) {
      while (shards_.size() < threads_at_start()) add_shard();
    }
    acceptor_.open(front_->model(), std::move(socket));
    accepting_.store(true);
  }

  void pause() override { accepting_.store(false); }
  void resume() override { accepting_.store(true); }

  void drain() override {
    accepting_.store(false);
    acceptor_.close();
    enter(Phase::draining);
  }
  void close() override { enter(Phase::closing); }

  std::size_t connections() const override {
    const std::lock_guard hold(shards_mutex_);
    std::size_t count = front_ ? front_->carried() : 0;
    for (const auto& shard : shards_) count += shard->carried();
    return count;
  }

  void stop() override {
    accepting_.store(false);
    acceptor_.close();
    if (connections() != 0) io::broken_invariant("a listener was stopped with connections open");
    const std::lock_guard hold(shards_mutex_);
    shards_.clear();
    front_.reset();
  }

  void probe() override {
    const std::lock_guard hold(shards_mutex_);
    if (front_) front_->probe();
    for (const auto& shard : shards_) shard->probe();
  }

  std::uint16_t port() const override { return port_.load(); }
  bool accepting() const override { return accepting_.load(); }
  stats::ModelSnapshot snapshot() const override {
    return stats_.snapshot(std::chrono::steady_clock::now().time_since_epoch());
  }
  const config::Listener& config() const override { return config_; }

 private:
  static constexpr bool has_slots = M::operations_max != SIZE_MAX;
  static constexpr std::size_t threads_default = has_slots ? 32 : 2;

  std::size_t threads() const { return config_.threads ? config_.threads : threads_default; }
  // Slots decide how many shards are needed; without slots all work from the start.
  std::size_t threads_at_start() const { return has_slots ? 1 : threads(); }

  // Between attempts to read the counters of a busy thread.
  static void give_way(unsigned round) noexcept {
    if (round < 64) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  void enter(Phase phase) {
    services_.phase.store(phase);
    const std::lock_guard hold(shards_mutex_);
    if (front_) front_->hurry();
    for (const auto& shard : shards_) shard->hurry();
  }

  Shard<M>& add_shard() {
    auto shard = std::make_unique<Shard<M>>(services_, 1);
    const std::lock_guard hold(shards_mutex_);
    return *shards_.emplace_back(std::move(shard));
  }

  // ---- AcceptorClient, on a thread of front_ ----
  void accepted(io::Accepted<typename M::Stream> connection) noexcept override {
    try {
      const PeerInfo peer = peer_info(std::move(connection.peer));
      if (!services_.addresses.take(peer.address)) {
        Shard<M>::recorder().address_rejected();
        return refuse(connection.stream, peer);
      }
      if (!place_or_leave(connection.stream, peer))
        return refuse_for_want_of_places(connection.stream, peer);
      // Room is a tenth of the places, so that one place that comes and goes is not told each time.
      if (full_.load() && served() <= places() - places() / 10 && full_.exchange(false)) {
        log::event(log::EventId::listener_has_room, {config_.name});
      }
    } catch (const std::exception& error) {
      log::write(log::Severity::error,
                 "listener " + config_.name + ": a connection was dropped: " + error.what());
    }
  }

  // How many connections can be served at once.
  std::size_t places() const {
    return has_slots ? std::min(config_.connections_max, threads() * M::operations_max)
                     : config_.connections_max;
  }
  std::size_t served() const {
    std::size_t count = front_->served();
    for (const auto& shard : shards_) count += shard->served();
    return count;
  }

  // Gives the address its place back if there is none for the connection.
  bool place_or_leave(typename M::Stream& stream, const PeerInfo& peer) {
    try {
      if (place(stream, peer)) return true;
    } catch (...) {
      services_.addresses.leave(peer.address);
      throw;
    }
    services_.addresses.leave(peer.address);
    return false;
  }

  bool place(typename M::Stream& stream, const PeerInfo& peer) {
    if (!accepting_.load()) return false;
    if constexpr (M::shared) {
      return front_->adopt(stream, peer, Session::Mode::serve, config_.connections_max);
    } else {
      // Only this thread adds shards and connections: the list may be read without its mutex, and
      // the number can only fall meanwhile.
      if (served() >= config_.connections_max) return false;
      Shard<M>* least = nullptr;
      for (const auto& shard : shards_) {
        if (!least || shard->served() < least->served()) least = shard.get();
      }
      const auto mode = Session::Mode::serve;
      if (least && least->adopt(stream, peer, mode, M::operations_max)) return true;
      if (shards_.size() >= threads()) return false;
      return add_shard().adopt(stream, peer, mode, M::operations_max);
    }
  }

  void refuse_for_want_of_places(typename M::Stream& stream, const PeerInfo& peer) {
    if (accepting_.load() && !full_.exchange(true)) {
      log::event(log::EventId::listener_full, {config_.name, std::to_string(places())});
    }
    refuse(stream, peer);
  }

  // 503 from the thread that accepts; past its places the connection is just closed. So it is with
  // TLS: a handshake costs more than accepting, and who is refused could ask for any number of
  // them.
  void refuse(typename M::Stream& stream, const PeerInfo& peer) {
    Shard<M>::recorder().connection_rejected();
    if (config_.tls) return;
    constexpr std::size_t refusals_max = has_slots ? M::operations_max - M::accepts : 64;
    front_->adopt(stream, peer, Session::Mode::refuse, refusals_max);
  }

  void accept_failed(std::uint32_t error) noexcept override {
    const std::string reason = win::error_code(error).message();
    log::event(log::EventId::listener_failed, {config_.name, place_text(), reason});
  }
  void accept_recovered() noexcept override {
    log::event(log::EventId::listener_recovered, {config_.name, place_text()});
  }
  std::string place_text() const { return config_.address + " port " + std::to_string(port()); }

  const config::Listener config_;
  stats::ModelStats stats_;
  ShardServices services_;
  Acceptor<M> acceptor_;
  std::atomic<std::uint16_t> port_{config_.port};
  std::atomic<bool> accepting_{false};
  std::atomic<bool> full_{false};

  std::unique_ptr<Shard<M>> front_;  // accepts; carries all connections of a shared model
  // The thread that accepts adds to the list; snapshots, probes and the stop read it from others,
  // which have no model to be posted to.
  mutable std::mutex shards_mutex_;
  std::vector<std::unique_ptr<Shard<M>>> shards_;
};

}  // namespace overlap::server
