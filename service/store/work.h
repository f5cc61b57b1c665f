// A request that takes more than one turn on the pool: hashing and copying give way to others after
// each piece, and waiting for another program occupies no thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "service/store/store_error.h"

namespace overlap::store {

// What one turn may read or write: about a hundredth of a second.
inline constexpr std::size_t turn_bytes = 8 * 1024 * 1024;
inline constexpr std::size_t piece_bytes = 1024 * 1024;

class Work {
 public:
  virtual ~Work() = default;

  // On a thread of the pool. Nothing: it wants another turn, once pause() is over. After an answer
  // it is destroyed. Throws std::bad_alloc, which ends it too.
  virtual std::optional<StoreOutcome> turn() = 0;

  // Instead of another turn while the store is stopping: ends what may take long. Nothing: only
  // what is short is left of it, and it goes on. What throws ends it too.
  virtual std::optional<StoreOutcome> stop() {
    return refuse(StoreError::failed, ERROR_SHUTDOWN_IN_PROGRESS);
  }

  std::chrono::milliseconds pause() const noexcept { return pause_; }

 protected:
  std::chrono::milliseconds pause_{0};
};

// With doubling pauses from 5 ms about 0.6 s in all: virus scanners hold new files that long.
class Retries {
 public:
  static constexpr int attempts_max = 8;

  // Whether another attempt may follow, after `pause`.
  bool again(std::chrono::milliseconds& pause) noexcept {
    if (++made_ >= attempts_max) return false;
    pause = next_;
    next_ *= 2;
    return true;
  }

 private:
  int made_ = 0;
  std::chrono::milliseconds next_{5};
};

}  // namespace overlap::store
