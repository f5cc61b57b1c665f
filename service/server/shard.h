// A model with the connections that it carries, and the thread or threads that drive it.
#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "common/stats/model_stats.h"
#include "service/log/log.h"
#include "service/server/carrier.h"
#include "service/server/connection.h"
#include "service/server/journal_entry.h"
#include "service/server/peer_of.h"

namespace overlap::server {

// What all shards of a carrier share; it outlives them.
struct ShardServices {
  CarrierServices& server;
  ListenerShare& listener;
  const config::Listener& config;
  stats::ModelStats& stats;
  std::atomic<Phase> phase{Phase::open};
};

// Something that wants to be looked at now and then on a thread of the shard.
class Ticked {
 public:
  virtual void tick(Instant now) noexcept = 0;

 protected:
  ~Ticked() = default;
};

// Thread-safe where it says so. To be destroyed when it carries no connection and nothing posts to
// it any more.
template <io::IoModel M>
class Shard final : public ConnectionHost<M> {
 public:
  // `threads` is 1 unless the model is shared. Returns when the model can take work; throws what
  // its constructor threw.
  Shard(ShardServices& services, std::size_t threads, Ticked* ticked = nullptr)
      : services_(services), ticked_(ticked) {
    if constexpr (M::shared) model_.emplace(static_cast<int>(threads));
    try {
      // Kept by the thread too, which may still be inside set_value() when this one goes on.
      const auto ready = std::make_shared<std::promise<void>>();
      threads_.emplace_back([this, ready] { run_first(*ready); });
      ready->get_future().get();
      while (threads_.size() < threads) threads_.emplace_back([this] { run(); });
    } catch (...) {
      end_threads();
      throw;
    }
  }

  ~Shard() { end_threads(); }

  // Connections that are served, and all that it carries: those that are being refused too. Any
  // thread.
  std::size_t served() const noexcept { return served_.load(std::memory_order_relaxed); }
  std::size_t carried() const noexcept { return served_.load() + refused_.load(); }
  // Carries nothing, and nobody who answered a connection is about to post. Any thread.
  bool empty() const noexcept { return carried() == 0 && posting_.load() == 0; }

  // Takes a connection over and starts it, if it carries fewer than `places_max` of that mode;
  // false otherwise, and `stream` is untouched. Any thread. Throws std::bad_alloc; the connection
  // is lost then.
  bool adopt(typename M::Stream& stream, const PeerInfo& peer, Session::Mode mode,
             std::size_t places_max) {
    std::atomic<std::size_t>& count = count_of(mode);
    std::size_t taken = count.load(std::memory_order_relaxed);
    do {
      if (taken >= places_max) return false;
    } while (!count.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed));
    try {
      const std::uint64_t id = ++services_.server.connections_begun;
      auto* connection =
          new Connection<M>(*this, std::move(stream), {id, peer, mode},
                            services_.server.conversations.begin(services_.config.tls, mode));
      link(*connection);
      connection->start();
    } catch (...) {
      count.fetch_sub(1, std::memory_order_release);
      throw;
    }
    return true;
  }

  // A look at the connections soon: the phase has changed. Any thread.
  void hurry() noexcept {
    next_tick_.store(Instant::zero(), std::memory_order_relaxed);
    model_->wake();
  }

  // Measures how long posted work waits for a thread of the shard. Any one thread, repeatedly.
  void probe() noexcept {
    if (probe_.posted_at.load(std::memory_order_acquire) != Instant::zero()) return;
    probe_.posted_at.store(model_->now(), std::memory_order_relaxed);
    model_->post(probe_);
  }
  // For how long the last probe has been waiting; zero if it has run. Of threads that share a
  // model, any that is free runs it: it waits only while all are stuck. Any thread.
  Instant stalled_for(Instant now) const noexcept {
    const Instant posted_at = probe_.posted_at.load(std::memory_order_relaxed);
    return posted_at == Instant::zero() ? posted_at : std::max(now - posted_at, Instant::zero());
  }

  // Closes a connection at the next tick, which comes at once. False if it is not here. Any thread.
  bool close_connection(std::uint64_t id) noexcept {
    {
      const std::lock_guard hold(connections_mutex_);
      Connection<M>* c = connections_;
      while (c && c->id() != id) c = c->next;
      if (!c) return false;
      c->close_soon();
    }
    hurry();
    return true;
  }
  // Any thread. Throws std::bad_alloc.
  void list(const ConnectionFilter& filter,
            std::vector<management::ConnectionState>& connections) const {
    const Instant now = model_->now();
    const std::int64_t unix_ms = unix_ms_now();
    const std::lock_guard hold(connections_mutex_);
    for (const Connection<M>* c = connections_; c; c = c->next) {
      if (c->id() <= filter.after) continue;
      management::ConnectionState state;
      state.id = c->id();
      state.listener = services_.config.name;
      state.model = services_.config.model;
      state.tls = services_.config.tls;
      c->describe(now, unix_ms, state);
      if (filter.wanted(state)) connections.push_back(std::move(state));
    }
  }

  // ---- ConnectionHost, on a thread of the shard ----
  M& model() noexcept override { return *model_; }
  store::StoreApi<typename M::NativeFile>& store() noexcept override {
    return services_.server.store;
  }
  access::LoginApi& logins() noexcept override { return services_.server.logins; }
  void begin_post() noexcept override { posting_.fetch_add(1); }
  void end_post() noexcept override { posting_.fetch_sub(1); }
  Now now() noexcept override {
    return {model_->now(), unix_ms_now() / 1000,
            services_.phase.load(std::memory_order_relaxed) != Phase::open};
  }
  void opened() noexcept override { recorder_->connection_opened(); }
  // The thread that says so ticks in time: it looks at next_tick_ before it waits again.
  void pausing(Instant until) noexcept override {
    recorder_->paused();
    look_at(until);
  }
  void request_finished(const PeerInfo& peer, const RequestRecord& record) noexcept override;
  void closed(Connection<M>& connection, CloseReason reason) noexcept override {
    recorder_->connection_closed(reason);
    unlink(connection);
    std::atomic<std::size_t>& count = count_of(connection.mode());
    if (connection.mode() == Session::Mode::serve)
      services_.listener.places.leave(connection.peer().address);
    delete &connection;
    count.fetch_sub(1, std::memory_order_release);
  }
  // The recorder of the calling thread, which is one of the shard's.
  static stats::Recorder& recorder() noexcept { return *recorder_; }

 private:
  // Deadlines are seconds; while connections must end soon, look more often.
  static constexpr Instant tick_interval = std::chrono::milliseconds(500);
  static constexpr Instant tick_interval_ending = std::chrono::milliseconds(50);
  static constexpr Instant pause_grid = std::chrono::milliseconds(10);

  struct Probe : io::Posted {
    Probe() noexcept : io::Posted(&on_run) {}
    static void on_run(io::Posted& posted) noexcept {
      auto& probe = static_cast<Probe&>(posted);
      const Instant now = std::chrono::steady_clock::now().time_since_epoch();
      recorder_->dispatch_lag(now - probe.posted_at.load(std::memory_order_relaxed));
      probe.posted_at.store(Instant::zero(), std::memory_order_release);
    }
    std::atomic<Instant> posted_at{Instant::zero()};  // zero: it waits nowhere
  };

  // A model that is not shared belongs to the thread that constructs it.
  void run_first(std::promise<void>& ready) {
    if constexpr (!M::shared) {
      try {
        model_.emplace();
      } catch (...) {
        ready.set_exception(std::current_exception());
        return;
      }
    }
    ready.set_value();
    run();
  }

  void end_threads() {
    ended_.store(true);
    // Each thread takes at most one wake after that.
    for (std::size_t i = 0; model_ && i < threads_.size(); ++i) model_->wake();
    for (std::thread& thread : threads_) thread.join();
  }

  std::atomic<std::size_t>& count_of(Session::Mode mode) noexcept {
    return mode == Session::Mode::serve ? served_ : refused_;
  }

  void run() {
    stats::Recorder& recorder = services_.stats.add_thread();
    recorder_ = &recorder;
    model_->record_into(recorder);
    while (!ended_.load(std::memory_order_relaxed)) {
      Instant due = next_tick_.load(std::memory_order_relaxed);
      model_->wait(std::max(due - model_->now(), Instant::zero()));
      const Instant now = model_->now();
      due = next_tick_.load(std::memory_order_relaxed);
      const bool ending = services_.phase.load() >= Phase::draining;
      const Instant next = now + (ending ? tick_interval_ending : tick_interval);
      // Of the threads of a shared model, one ticks.
      if (now >= due && next_tick_.compare_exchange_strong(due, next)) tick(now);
    }
    services_.stats.end_thread(recorder);
  }

  // Ticks at `when` if it would not before; a little later, so that the pauses of many connections
  // end in one tick.
  void look_at(Instant when) noexcept {
    if (when != never) when += pause_grid - when % pause_grid;
    Instant due = next_tick_.load(std::memory_order_relaxed);
    while (when < due && !next_tick_.compare_exchange_weak(due, when)) {
    }
  }

  void tick(Instant now) noexcept {
    const Phase phase = services_.phase.load(std::memory_order_relaxed);
    Instant oldest = never;
    {
      const std::lock_guard hold(connections_mutex_);
      for (Connection<M>* c = connections_; c; c = c->next) {
        look_at(c->expire(now));
        if (phase >= Phase::draining) c->interrupt(phase == Phase::draining);
        oldest = std::min(oldest, c->pending_since());
      }
    }
    recorder_->oldest_pending(oldest);
    const io::WaitSlots slots = model_->wait_slots();
    recorder_->wait_slots(slots.used, slots.limit);
    if (ticked_) ticked_->tick(now);
  }

  void link(Connection<M>& connection) noexcept {
    const std::lock_guard hold(connections_mutex_);
    connection.next = connections_;
    if (connections_) connections_->previous = &connection;
    connections_ = &connection;
  }
  void unlink(Connection<M>& connection) noexcept {
    const std::lock_guard hold(connections_mutex_);
    if (connection.next) connection.next->previous = connection.previous;
    (connection.previous ? connection.previous->next : connections_) = connection.next;
  }

  inline static thread_local stats::Recorder* recorder_ = nullptr;

  ShardServices& services_;
  Ticked* ticked_;
  std::optional<M> model_;
  std::atomic<std::size_t> served_{0};
  std::atomic<std::size_t> refused_{0};
  std::atomic<std::size_t> posting_{0};  // other threads that answer a connection just now
  std::atomic<Instant> next_tick_{Instant::zero()};
  std::atomic<bool> ended_{false};
  Probe probe_;

  // The thread that accepts links, and any thread of a shared model may unlink or tick: a posted
  // link could come after the connection's own end. Taken once per connection, not per operation.
  mutable std::mutex connections_mutex_;
  Connection<M>* connections_ = nullptr;

  std::vector<std::thread> threads_;
};

template <io::IoModel M>
void Shard<M>::request_finished(const PeerInfo& peer, const RequestRecord& record) noexcept {
  recorder_->request_finished(record.status, record.whole);
  if (services_.server.journal) {
    try {
      services_.server.journal->add(journal_entry(services_.config, peer, record, unix_ms_now()));
    } catch (const std::bad_alloc&) {
      services_.server.journal->drop();
    }
  }
  if (log::enabled(log::Severity::debug)) log::write(log::Severity::debug, log_line(peer, record));
}

}  // namespace overlap::server
