// The threads of the endpoint: one for each connection that is served at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace overlap::admin {

// A connection keeps its thread while it waits for its client. So that slow clients cannot keep
// others out, the one that has waited longest gives way as soon as somebody finds no thread.
// Thread-safe.
class Crew {
 public:
  using Clock = std::chrono::steady_clock;

  // Streams take up to 8 of them (stream.h).
  static constexpr std::size_t threads_max = 32;
  static constexpr std::size_t queue_max = 64;  // past it connections are closed unanswered
  // For how long a connection may wait for a request while others find no thread: an honest client
  // has sent it by then. And for how long one may take no bytes of its answer.
  static constexpr std::chrono::milliseconds wait_grace{100};
  static constexpr std::chrono::milliseconds send_grace{1000};

  enum class Phase : std::uint8_t {
    waiting,  // for a request
    working,
    sending,
    streaming,
  };

  // A connection's place, on the stack of its thread.
  class Seat {
   public:
    explicit Seat(Crew& crew);
    ~Seat();
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    void enter(Phase phase);
    // Whether the connection must end now. To be asked about every wait_grace.
    bool must_go();

   private:
    friend class Crew;
    Crew& crew_;
    Phase phase_ = Phase::working;  // guarded by the crew's mutex
    Clock::time_point since_{};     // likewise
    std::atomic<bool> cut_{false};
    std::list<Seat*>::iterator place_;
  };

  Crew() = default;
  ~Crew() { stop(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // False if it will not be run.
  bool enqueue(std::function<void()> serve);
  // Connections that wait or stream end, those that work have their answer sent; then the threads
  // are joined. What was queued is run, and ends at once. Harmless twice.
  void stop() noexcept;
  bool stopping() const noexcept { return stopping_.load(); }

 private:
  void run();
  void relieve();
  Seat* longest_waiting(Clock::time_point now) const;

  // Connections come from one thread and go to any; whom they push out sits in a system call.
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::function<void()>> queue_;
  std::list<Seat*> seats_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  std::atomic<bool> stopping_{false};
};

}  // namespace overlap::admin
