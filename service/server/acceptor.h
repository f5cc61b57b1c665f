// Keeps accepts outstanding on a listening socket and hands out what they bring.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "service/io/listen.h"
#include "service/server/shard.h"

namespace overlap::server {

// What becomes of accepted connections, and of the failures between.
template <io::IoModel M>
class AcceptorClient {
 public:
  // On a thread of the shard that accepts.
  virtual void accepted(io::Accepted<typename M::Stream> connection) noexcept = 0;
  virtual void accept_failed(std::uint32_t error) noexcept = 0;  // the first of a row of failures
  virtual void accept_recovered() noexcept = 0;

 protected:
  ~AcceptorClient() = default;
};

// Runs on a model; that one's shard must tick it and outlive its open time.
template <io::IoModel M>
class Acceptor final : public Ticked {
 public:
  explicit Acceptor(AcceptorClient<M>& client) : client_(client) {}

  // Takes the socket only if it succeeds. Throws std::system_error. Not while open.
  void open(M& model, typename M::NativeListener&& socket) {
    model_ = &model;
    listener_.emplace(model.open(std::move(socket)));
    closing_.store(false);
    for (Slot& slot : slots_) {
      slot.self = this;
      slot.state.store(State::due);
    }
    active_.store(M::accepts + 1);  // the slots, and the order to stop
    model.post(start_);
  }

  // Returns when no accept is outstanding: with the socket, or nothing if the model could not let
  // go of it; then it is closed. Harmless if not open. Not from a thread of the shard.
  std::optional<typename M::NativeListener> close() {
    if (!listener_) return std::nullopt;
    closing_.store(true);
    model_->post(stop_);
    std::unique_lock hold(closed_mutex_);
    closed_.wait(hold, [this] { return active_.load() == 0; });
    auto socket = model_->release(std::move(*listener_));
    listener_.reset();
    return socket;
  }

  // After a failure, the accept is tried again when its pause is over.
  void tick(Instant now) noexcept override {
    for (Slot& slot : slots_) {
      if (slot.state.load() == State::pausing && now >= slot.retry_at.load()) issue(slot);
    }
  }

 private:
  enum class State : std::uint8_t { closed, due, accepting, pausing };
  static constexpr Instant pause_first = std::chrono::milliseconds(50);
  static constexpr Instant pause_longest = std::chrono::seconds(1);
  // So many peers in a row that were gone, and none that was not: a pause keeps whatever it is from
  // spinning.
  static constexpr int gone_max = 64;

  struct Slot : M::AcceptOperation {
    Slot() : M::AcceptOperation(&on_complete) {}
    Acceptor* self = nullptr;
    std::atomic<State> state{State::closed};
    std::atomic<Instant> retry_at{};
    Instant pause = pause_first;
    int gone = 0;  // in a row
  };
  struct Order : io::Posted {
    Order(Acceptor& owner, Run handler) noexcept : io::Posted(handler), self(owner) {}
    Acceptor& self;
  };

  static void on_start(io::Posted& posted) noexcept {
    Acceptor& self = static_cast<Order&>(posted).self;
    for (Slot& slot : self.slots_) self.issue(slot);
  }
  static void on_stop(io::Posted& posted) noexcept {
    Acceptor& self = static_cast<Order&>(posted).self;
    for (Slot& slot : self.slots_) {
      self.finish(slot, State::pausing);
      self.model_->cancel(slot, io::Cancel::stopping);
    }
    self.leave();
  }

  void issue(Slot& slot) noexcept {
    State expected = slot.state.load();
    if (expected != State::due && expected != State::pausing) return;
    if (!slot.state.compare_exchange_strong(expected, State::accepting)) return;
    if (closing_.load()) return finish(slot, State::accepting);
    // Keeps the listening socket open until the late cancel below has been made.
    active_.fetch_add(1);
    model_->accept(slot, *listener_);
    // A stop that came between saw nothing to cancel.
    if (closing_.load()) model_->cancel(slot, io::Cancel::stopping);
    leave();
  }

  static void on_complete(io::OperationBase& op, const Outcome& outcome) noexcept {
    auto& slot = static_cast<Slot&>(op);
    slot.self->completed(slot, outcome);
  }

  void completed(Slot& slot, const Outcome& outcome) noexcept {
    if (outcome.result == Result::ok) {
      hand_over(slot);
      slot.pause = pause_first;
      slot.gone = 0;
      if (failing_.exchange(false)) client_.accept_recovered();
    } else if (const bool gone = peer_is_gone(outcome.native);
               !closing_.load() && !(gone && ++slot.gone < gone_max)) {
      if (!gone && !failing_.exchange(true)) client_.accept_failed(outcome.native);
      slot.retry_at.store(model_->now() + slot.pause);
      slot.pause = std::min(slot.pause * 2, pause_longest);
      slot.state.store(State::pausing);
      // A stop that came between saw this slot neither pausing nor pending.
      if (closing_.load()) finish(slot, State::pausing);
      return;
    }
    slot.state.store(State::due);
    issue(slot);
  }

  // The peer gave up before it was accepted: nothing is wrong with the listening socket. (Wine 8
  // has ERROR_UNEXP_NET_ERR for it.)
  static bool peer_is_gone(std::uint32_t error) noexcept {
    constexpr std::array<std::uint32_t, 6> gone{ERROR_NETNAME_DELETED, ERROR_CONNECTION_ABORTED,
                                                ERROR_UNEXP_NET_ERR,   WSAECONNRESET,
                                                WSAECONNABORTED,       WSAENOTCONN};
    return std::find(gone.begin(), gone.end(), error) != gone.end();
  }

  void hand_over(Slot& slot) noexcept {
    try {
      client_.accepted(model_->take(slot));
    } catch (const std::exception& error) {
      // Out of memory or threads: this connection is lost, the listener goes on.
      log::write(log::Severity::error, std::string("a connection was dropped: ") + error.what());
    }
  }

  // Only from the state that the caller has seen: another thread may have moved on.
  void finish(Slot& slot, State from) noexcept {
    if (slot.state.compare_exchange_strong(from, State::closed)) leave();
  }
  void leave() noexcept {
    // Under the mutex: close() may return, and the acceptor die, as soon as it sees zero.
    const std::lock_guard hold(closed_mutex_);
    if (active_.fetch_sub(1) == 1) closed_.notify_all();
  }

  AcceptorClient<M>& client_;
  M* model_ = nullptr;
  std::optional<typename M::Listener> listener_;
  std::array<Slot, M::accepts> slots_;
  Order start_{*this, &on_start};
  Order stop_{*this, &on_stop};
  std::atomic<bool> closing_{false};
  std::atomic<bool> failing_{false};
  std::atomic<std::size_t> active_{0};  // what close() waits for

  // close() runs on the thread that stops the service, which has no model to post to.
  std::mutex closed_mutex_;
  std::condition_variable closed_;
};

}  // namespace overlap::server
