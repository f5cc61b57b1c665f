#include "service/store/turns.h"

// The pool brings winsock2.h, which must come before windows.h.
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace overlap::store {

class Turns::Pool : public boost::asio::thread_pool {
  using boost::asio::thread_pool::thread_pool;
};

namespace {

// Memory ran out. What was begun for this request is undone; a file that was open before it stays.
void give_up(FileJob& job) noexcept {
  const StoreVerb verb = job.ask.verb;
  if (verb == StoreVerb::open || verb == StoreVerb::create || verb == StoreVerb::append) {
    job.file.reset();
    job.kept.reset();
  }
  job.outcome = {};
  job.outcome.error = StoreError::failed;
  job.outcome.native = ERROR_NOT_ENOUGH_MEMORY;
}

}  // namespace

Turns::Turns(std::size_t threads, Begin begin)
    : begin_(std::move(begin)), pool_(std::make_unique<Pool>(threads)) {}

Turns::~Turns() { pool_->join(); }

void Turns::submit(FileJob& job) noexcept {
  boost::asio::post(*pool_, [this, &job] { begin(job); });
}

void Turns::post(std::function<void()> function) noexcept {
  boost::asio::post(*pool_, std::move(function));
}

void Turns::begin(FileJob& job) noexcept {
  std::unique_ptr<Work> work;
  try {
    job.outcome = {};
    work = begin_(job);
  } catch (const std::exception&) {
    give_up(job);
  }
  if (work) {
    take_turn(job, std::move(work));
  } else {
    job.answered(job);
  }
}

void Turns::take_turn(FileJob& job, std::unique_ptr<Work> work) noexcept {
  try {
    std::optional<StoreOutcome> outcome;
    if (stopping_.load(std::memory_order_relaxed)) outcome = work->stop();
    if (!outcome) outcome = work->turn();
    if (outcome) {
      job.outcome = std::move(*outcome);
      work.reset();
    }
  } catch (const std::exception&) {
    work.reset();
    give_up(job);
  }
  if (!work) return job.answered(job);
  const auto pause = work->pause();
  auto next = [this, &job, work = std::move(work)]() mutable { take_turn(job, std::move(work)); };
  if (pause == pause.zero()) return boost::asio::post(*pool_, std::move(next));
  auto timer = std::make_unique<boost::asio::steady_timer>(*pool_, pause);
  auto& waiting = *timer;
  waiting.async_wait([timer = std::move(timer), next = std::move(next)](const auto&) mutable {
    timer.reset();
    next();
  });
}

}  // namespace overlap::store
