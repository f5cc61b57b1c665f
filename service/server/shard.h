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
#include "service/server/connection.h"

namespace overlap::server {

// How a listener ends; each step leads to the next, or the first is skipped.
enum class Phase : std::uint8_t {
  open,
  draining,  // requests under way may finish, idle connections are closed
  closing,   // every connection is closed
};

// What all shards of a listener share; it outlives them.
struct ShardServices {
  const SessionConfig& session;
  store::StoreApi<win::FileHandle>& store;
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
    std::promise<void> ready;
    threads_.emplace_back([this, &ready] { run_first(ready); });
    try {
      ready.get_future().get();
    } catch (...) {
      threads_.front().join();
      throw;
    }
    while (threads_.size() < threads) threads_.emplace_back([this] { run(); });
  }

  ~Shard() {
    ended_.store(true);
    for (std::size_t i = 0; i < threads_.size(); ++i) model_->wake();
    for (std::thread& thread : threads_) thread.join();
  }

  // Connections that it carries, reserved places included. Any thread.
  std::size_t load() const noexcept { return load_.load(std::memory_order_relaxed); }

  // Takes a connection over and starts it, if it carries fewer than `places_max`; false otherwise,
  // and `accepted` is untouched. Any thread. Throws std::bad_alloc; the connection is lost then.
  bool adopt(io::Accepted<typename M::Stream>& accepted, Session::Mode mode,
             std::size_t places_max = M::operations_max) {
    std::size_t load = load_.load(std::memory_order_relaxed);
    do {
      if (load >= places_max) return false;
    } while (!load_.compare_exchange_weak(load, load + 1, std::memory_order_relaxed));
    try {
      auto* connection = new Connection<M>(*this, std::move(accepted), services_.session, mode);
      link(*connection);
      connection->start();
    } catch (...) {
      load_.fetch_sub(1, std::memory_order_release);
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
    if (probe_.outstanding.exchange(true, std::memory_order_acquire)) return;
    probe_.posted_at = model_->now();
    model_->post(probe_);
  }

  // ---- ConnectionHost, on a thread of the shard ----
  M& model() noexcept override { return *model_; }
  store::StoreApi<typename M::NativeFile>& store() noexcept override { return services_.store; }
  Now now() noexcept override {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {model_->now(), std::chrono::duration_cast<std::chrono::seconds>(wall).count(),
            services_.phase.load(std::memory_order_relaxed) != Phase::open};
  }
  void opened() noexcept override { recorder_->connection_opened(); }
  void request_finished(const std::string& peer, const RequestRecord& record) noexcept override;
  void closed(Connection<M>& connection, CloseReason reason) noexcept override {
    recorder_->connection_closed(reason);
    unlink(connection);
    delete &connection;
    load_.fetch_sub(1, std::memory_order_release);
  }
  // The recorder of the calling thread, which is one of the shard's.
  static stats::Recorder& recorder() noexcept { return *recorder_; }

 private:
  // Deadlines are seconds; while connections must end soon, look more often.
  static constexpr Instant tick_interval = std::chrono::milliseconds(500);
  static constexpr Instant tick_interval_ending = std::chrono::milliseconds(50);

  struct Probe : io::Posted {
    Probe() noexcept : io::Posted(&on_run) {}
    static void on_run(io::Posted& posted) noexcept {
      auto& probe = static_cast<Probe&>(posted);
      const Instant now = std::chrono::steady_clock::now().time_since_epoch();
      recorder_->dispatch_lag(now - probe.posted_at);
      probe.outstanding.store(false, std::memory_order_release);
    }
    std::atomic<bool> outstanding{false};
    Instant posted_at{};
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

  void run() {
    stats::Recorder& recorder = services_.stats.add_thread();
    recorder_ = &recorder;
    model_->record_into(recorder);
    while (!ended_.load(std::memory_order_relaxed)) {
      Instant due = next_tick_.load(std::memory_order_relaxed);
      model_->wait(std::max(due - model_->now(), Instant::zero()));
      const Instant now = model_->now();
      due = next_tick_.load(std::memory_order_relaxed);
      const bool ending = services_.phase.load() != Phase::open;
      const Instant next = now + (ending ? tick_interval_ending : tick_interval);
      // Of the threads of a shared model, one ticks.
      if (now >= due && next_tick_.compare_exchange_strong(due, next)) tick(now);
    }
    services_.stats.end_thread(recorder);
  }

  void tick(Instant now) noexcept {
    const Phase phase = services_.phase.load(std::memory_order_relaxed);
    Instant oldest = never;
    {
      const std::lock_guard hold(connections_mutex_);
      for (Connection<M>* c = connections_; c; c = c->next) {
        c->expire(now);
        if (phase != Phase::open) c->interrupt(phase == Phase::draining);
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
  std::atomic<std::size_t> load_{0};
  std::atomic<Instant> next_tick_{Instant::zero()};
  std::atomic<bool> ended_{false};
  Probe probe_;

  // The thread that accepts links, and any thread of a shared model may unlink or tick: a posted
  // link could come after the connection's own end. Taken once per connection, not per operation.
  std::mutex connections_mutex_;
  Connection<M>* connections_ = nullptr;

  std::vector<std::thread> threads_;
};

template <io::IoModel M>
void Shard<M>::request_finished(const std::string& peer, const RequestRecord& record) noexcept {
  recorder_->request_finished(record.status, record.whole);
  if (!log::enabled(log::Severity::debug)) return;
  log::write(log::Severity::debug, peer + ' ' + record.method + ' ' + record.target + ' ' +
                                       std::to_string(record.status) + " received " +
                                       std::to_string(record.body_bytes_received) + " sent " +
                                       std::to_string(record.body_bytes_sent) +
                                       (record.whole ? "" : " incomplete"));
}

}  // namespace overlap::server
