// A carrier on model M: who accepts, who carries, and what happens when all are full.
//
//   device, event   one thread accepts; shards of 63 connections, one thread each, are added as
//                   connections come
//   apc             one thread accepts; a fixed number of workers, the least loaded takes the next
//   asio            one shard, driven by a pool of threads, accepts and carries
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "service/io/listen.h"
#include "service/server/acceptor.h"
#include "service/server/carrier.h"

namespace overlap::server {

template <io::IoModel M>
class CarrierOf final : public Carrier, private AcceptorClient<M> {
 public:
  CarrierOf(const config::Listener& config, CarrierServices& services, ListenerShare& share)
      : config_(complete(config)),
        share_(share),
        shard_services_{services, share, config_, services.statistics.of(config.model)},
        acceptor_(*this) {
    front_ =
        std::make_unique<Shard<M>>(shard_services_, M::shared ? config_.threads : 1, &acceptor_);
    if constexpr (!M::shared) {
      while (shards_.size() < threads_at_start()) add_shard();
    }
  }

  ~CarrierOf() override {
    acceptor_.close();
    if (connections() != 0) io::broken_invariant("a carrier was destroyed with connections open");
    // Whoever has just posted the last answer may still be about to wake the model.
    while (!empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  void accept(io::ListenSocket&& socket) override {
    port_ = socket.port;
    acceptor_.open(front_->model(), std::move(socket));
  }
  std::optional<io::ListenSocket> release() override { return acceptor_.close(); }

  void enter(Phase phase) override {
    shard_services_.phase.store(phase);
    for_each_shard([](Shard<M>& shard) { shard.hurry(); });
  }

  bool empty() const override {
    bool all = true;
    for_each_shard([&](const Shard<M>& shard) { all = all && shard.empty(); });
    return all;
  }
  std::size_t connections() const override {
    std::size_t count = 0;
    for_each_shard([&](const Shard<M>& shard) { count += shard.carried(); });
    return count;
  }
  void probe() override {
    for_each_shard([](Shard<M>& shard) { shard.probe(); });
  }
  Instant stalled_for(Instant now) const override {
    Instant longest{};
    for_each_shard(
        [&](const Shard<M>& shard) { longest = std::max(longest, shard.stalled_for(now)); });
    return longest;
  }
  bool close_connection(std::uint64_t id) override {
    bool found = false;
    for_each_shard([&](Shard<M>& shard) { found = found || shard.close_connection(id); });
    return found;
  }
  void list(const ConnectionFilter& filter,
            std::vector<management::ConnectionState>& connections) const override {
    for_each_shard([&](const Shard<M>& shard) { shard.list(filter, connections); });
  }
  config::ModelName model() const noexcept override { return config_.model; }
  std::size_t places() const noexcept override {
    return has_slots ? std::min(config_.connections_max, config_.threads * M::operations_max)
                     : config_.connections_max;
  }

 private:
  static constexpr bool has_slots = M::operations_max != SIZE_MAX;

  static config::Listener complete(config::Listener config) {
    if (config.threads == 0) config.threads = config::default_threads(config.model);
    return config;
  }

  // Slots decide how many shards are needed; without slots all work from the start.
  std::size_t threads_at_start() const { return has_slots ? 1 : config_.threads; }

  template <class Function>
  void for_each_shard(Function function) const {
    const std::lock_guard hold(shards_mutex_);
    function(*front_);
    for (const auto& shard : shards_) function(*shard);
  }

  Shard<M>& add_shard() {
    auto shard = std::make_unique<Shard<M>>(shard_services_, 1);
    const std::lock_guard hold(shards_mutex_);
    return *shards_.emplace_back(std::move(shard));
  }

  // ---- AcceptorClient, on a thread of front_ ----
  void accepted(io::Accepted<typename M::Stream> connection) noexcept override {
    try {
      const PeerInfo peer = peer_info(std::move(connection.peer));
      if (!share_.accepting.load()) return refuse(connection.stream, peer);
      switch (share_.places.take(peer.address)) {
        case Places::Taken::none_for_address:
          Shard<M>::recorder().address_rejected();
          share_.places.rejected();
          return refuse(connection.stream, peer);
        case Places::Taken::none_left: return refuse_for_want_of_places(connection.stream, peer);
        case Places::Taken::yes: break;
      }
      if (!place_or_give_back(connection.stream, peer))
        return refuse_for_want_of_places(connection.stream, peer);
      // Room is a tenth of the places, so that one place that comes and goes is not told each time.
      if (share_.full.load() && share_.places.taken() <= places() - places() / 10 &&
          share_.full.exchange(false)) {
        log::event(log::EventId::listener_has_room, {config_.name});
      }
    } catch (const std::exception& error) {
      log::write(log::Severity::error,
                 "listener " + config_.name + ": a connection was dropped: " + error.what());
    }
  }

  bool place_or_give_back(typename M::Stream& stream, const PeerInfo& peer) {
    try {
      if (place(stream, peer)) return true;
    } catch (...) {
      share_.places.give_back(peer.address);
      throw;
    }
    share_.places.give_back(peer.address);
    return false;
  }

  bool place(typename M::Stream& stream, const PeerInfo& peer) {
    const auto mode = Session::Mode::serve;
    if constexpr (M::shared) {
      return front_->adopt(stream, peer, mode, SIZE_MAX);
    } else {
      // Only this thread adds shards and connections: the list may be read without its mutex, and
      // the number of connections can only fall meanwhile.
      Shard<M>* least = nullptr;
      for (const auto& shard : shards_) {
        if (!least || shard->served() < least->served()) least = shard.get();
      }
      if (least && least->adopt(stream, peer, mode, M::operations_max)) return true;
      if (shards_.size() >= config_.threads) return false;
      return add_shard().adopt(stream, peer, mode, M::operations_max);
    }
  }

  void refuse_for_want_of_places(typename M::Stream& stream, const PeerInfo& peer) {
    if (!share_.full.exchange(true)) {
      log::event(log::EventId::listener_full, {config_.name, std::to_string(places())});
    }
    share_.places.rejected();
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
    share_.accept_failing.store(true);
    const std::string reason = win::error_code(error).message();
    log::event(log::EventId::listener_failed, {config_.name, place_text(), reason});
  }
  void accept_recovered() noexcept override {
    share_.accept_failing.store(false);
    log::event(log::EventId::listener_recovered, {config_.name, place_text()});
  }
  std::string place_text() const { return config_.address + " port " + std::to_string(port_); }

  const config::Listener config_;
  ListenerShare& share_;
  ShardServices shard_services_;
  Acceptor<M> acceptor_;
  std::uint16_t port_ = 0;  // set before anything is accepted

  std::unique_ptr<Shard<M>> front_;  // accepts; carries all connections of a shared model
  // The thread that accepts adds to the list; snapshots, probes and the stop read it from others,
  // which have no model to be posted to.
  mutable std::mutex shards_mutex_;
  std::vector<std::unique_ptr<Shard<M>>> shards_;
};

}  // namespace overlap::server
