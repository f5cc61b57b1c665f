#include "service/server/control.h"

#include <algorithm>
#include <exception>

namespace overlap::server {

// On the stack of the one who waits for it.
struct Control::Waiting {
  enum class State : unsigned char { queued, running, done, refused };
  const std::function<void()>& change;
  State state = State::queued;
  std::exception_ptr failure;
};

Control::Control(std::function<void()> each_second, std::chrono::milliseconds begin_time_max)
    : each_second_(std::move(each_second)),
      begin_time_max_(begin_time_max),
      thread_([this] { loop(); }) {}

Control::~Control() { end(); }

Control::Ran Control::run(const std::function<void()>& change) {
  if (std::this_thread::get_id() == thread_.get_id()) {
    change();
    return Ran::yes;
  }
  Waiting mine{change, Waiting::State::queued, {}};
  std::unique_lock hold(mutex_);
  if (ended_) return Ran::ended;
  if (waiting_.size() >= waiting_max) return Ran::busy;
  waiting_.push_back(&mine);
  changed_.notify_all();
  const auto begun = [&mine] { return mine.state != Waiting::State::queued; };
  if (!changed_.wait_for(hold, begin_time_max_, begun)) {
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &mine));
    return Ran::busy;
  }
  return wait_for(mine, hold);
}

bool Control::run_first(const std::function<void()>& change) {
  if (std::this_thread::get_id() == thread_.get_id()) {
    change();
    return true;
  }
  Waiting mine{change, Waiting::State::queued, {}};
  std::unique_lock hold(mutex_);
  if (ended_) return false;
  waiting_.push_front(&mine);
  changed_.notify_all();
  return wait_for(mine, hold) == Ran::yes;
}

Control::Ran Control::wait_for(Waiting& mine, std::unique_lock<std::mutex>& hold) {
  using State = Waiting::State;
  changed_.wait(hold,
                [&mine] { return mine.state == State::done || mine.state == State::refused; });
  if (mine.state == State::refused) return Ran::ended;
  if (mine.failure) std::rethrow_exception(mine.failure);
  return Ran::yes;
}

void Control::end() noexcept {
  {
    const std::lock_guard hold(mutex_);
    ended_ = true;
    for (Waiting* waiting : waiting_) waiting->state = Waiting::State::refused;
    waiting_.clear();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::size_t Control::waiting() const {
  const std::lock_guard hold(mutex_);
  return waiting_.size();
}

void Control::loop() {
  using Clock = std::chrono::steady_clock;
  auto next_second = Clock::now() + std::chrono::seconds(1);
  std::unique_lock hold(mutex_);
  while (!ended_) {
    const bool due =
        !changed_.wait_until(hold, next_second, [this] { return ended_ || !waiting_.empty(); });
    if (ended_) return;
    if (!due) {
      Waiting& next = *waiting_.front();
      waiting_.pop_front();
      next.state = Waiting::State::running;
      hold.unlock();
      try {
        next.change();
      } catch (...) {
        next.failure = std::current_exception();
      }
      hold.lock();
      next.state = Waiting::State::done;
      changed_.notify_all();
    }
    if (Clock::now() < next_second) continue;
    next_second = Clock::now() + std::chrono::seconds(1);
    hold.unlock();
    each_second_();
    hold.lock();
  }
}

}  // namespace overlap::server
