#include "admin/api/crew.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace overlap::admin {

Crew::Seat::Seat(Crew& crew) : crew_(crew) {
  const std::lock_guard lock{crew_.mutex_};
  since_ = Clock::now();
  place_ = crew_.seats_.insert(crew_.seats_.end(), this);
}

Crew::Seat::~Seat() {
  const std::lock_guard lock{crew_.mutex_};
  crew_.seats_.erase(place_);
}

void Crew::Seat::enter(Phase phase) {
  const std::lock_guard lock{crew_.mutex_};
  phase_ = phase;
  since_ = Clock::now();
}

bool Crew::Seat::must_go() {
  const std::lock_guard lock{crew_.mutex_};
  // Nobody may have been ready to give way when the one who needs a thread came.
  crew_.relieve();
  if (crew_.stopping() && (phase_ == Phase::waiting || phase_ == Phase::streaming)) return true;
  return cut_.load();
}

bool Crew::enqueue(std::function<void()> serve) {
  const std::lock_guard lock{mutex_};
  if (stopping() || queue_.size() >= queue_max) return false;
  queue_.push_back(std::move(serve));
  if (idle_ < queue_.size() && threads_.size() < threads_max) {
    try {
      threads_.emplace_back([this] { run(); });
    } catch (const std::system_error&) {
      // The threads that there are must do.
      if (threads_.empty()) {
        queue_.pop_back();
        return false;
      }
    }
  }
  relieve();
  work_.notify_one();
  return true;
}

// As many are told to go as wait for a thread.
void Crew::relieve() {
  if (queue_.size() <= idle_ || threads_.size() < threads_max) return;
  const auto needed = static_cast<std::ptrdiff_t>(queue_.size() - idle_);
  const auto now = Clock::now();
  for (auto going = std::count_if(seats_.begin(), seats_.end(),
                                  [](const Seat* seat) { return seat->cut_.load(); });
       going < needed; ++going) {
    Seat* seat = longest_waiting(now);
    if (!seat) return;
    seat->cut_.store(true);
  }
}

Crew::Seat* Crew::longest_waiting(Clock::time_point now) const {
  const auto may_go = [&](const Seat* seat) {
    const auto waited = now - seat->since_;
    return !seat->cut_.load() && ((seat->phase_ == Phase::waiting && waited >= wait_grace) ||
                                  (seat->phase_ == Phase::sending && waited >= send_grace));
  };
  Seat* longest = nullptr;
  for (Seat* seat : seats_)
    if (may_go(seat) && (!longest || seat->since_ < longest->since_)) longest = seat;
  return longest;
}

void Crew::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    ++idle_;
    work_.wait(lock, [this] { return !queue_.empty() || stopping(); });
    --idle_;
    if (queue_.empty()) return;
    const auto serve = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    try {
      serve();
    } catch (const std::exception&) {
      // Out of memory: this connection ends, the others go on.
    }
    lock.lock();
  }
}

void Crew::stop() noexcept {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock{mutex_};
    stopping_.store(true);
    threads.swap(threads_);
  }
  work_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace overlap::admin
