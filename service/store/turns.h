// The worker pool of the store.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "service/store/store_job.h"
#include "service/store/work.h"
#include "service/win/handle.h"

namespace overlap::store {

using FileJob = StoreJob<win::FileHandle>;

// Thread-safe.
class Turns {
 public:
  // Begins a request, on a thread of the pool: fills job.outcome and gives null, or gives what
  // answers in turns. Throws std::bad_alloc.
  using Begin = std::function<std::unique_ptr<Work>(FileJob& job)>;

  Turns(std::size_t threads, Begin begin);
  // Waits until everything is done.
  ~Turns();

  // The job is answered once, on a thread of the pool.
  void submit(FileJob& job) noexcept;
  // From now on what takes long is ended at its next turn. Any thread.
  void stop() noexcept { stopping_.store(true, std::memory_order_relaxed); }
  // Runs it on a thread of the pool. What it throws ends the process.
  void post(std::function<void()> function) noexcept;

 private:
  class Pool;
  void begin(FileJob& job) noexcept;
  void take_turn(FileJob& job, std::unique_ptr<Work> work) noexcept;

  const Begin begin_;
  std::atomic<bool> stopping_{false};
  std::unique_ptr<Pool> pool_;
};

}  // namespace overlap::store
