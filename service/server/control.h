// The thread that changes the server: one change at a time, and what is due once a second.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace overlap::server {

// Thread-safe. Changes come from the service manager, from the management endpoint and from
// programs in a console; a queue gives them an order, and the thread owns what they change.
class Control {
 public:
  // Changes that wait for their turn, at most.
  static constexpr std::size_t waiting_max = 64;

  enum class Ran : unsigned char {
    yes,
    busy,   // too many wait, or its turn did not come in time: it was not begun
    ended,  // end() was called
  };

  // `each_second` runs on the thread about once a second; it must not throw. A change that has not
  // begun within `begin_time_max` is withdrawn.
  explicit Control(std::function<void()> each_second,
                   std::chrono::milliseconds begin_time_max = std::chrono::seconds(10));
  ~Control();  // end()

  // Runs `change` on the thread and returns when it is done. On the thread itself it runs at once.
  // Rethrows what it throws.
  Ran run(const std::function<void()>& change);
  // The same for what must not be refused, such as a stop: it goes before what waits, and is waited
  // for however long that takes. False if the thread has ended.
  bool run_first(const std::function<void()>& change);
  // What waits is refused from now on, as is what comes later; returns when nothing runs any more.
  void end() noexcept;

  std::size_t waiting() const;  // changes that have not begun

 private:
  struct Waiting;

  Ran wait_for(Waiting& mine, std::unique_lock<std::mutex>& hold);
  void loop();

  const std::function<void()> each_second_;
  const std::chrono::milliseconds begin_time_max_;
  mutable std::mutex mutex_;  // guards the queue and what its entries say of themselves
  std::condition_variable changed_;
  std::deque<Waiting*> waiting_;
  bool ended_ = false;
  std::thread thread_;  // starts last
};

}  // namespace overlap::server
