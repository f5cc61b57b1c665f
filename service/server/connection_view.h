// What a connection shows of itself to those who manage the service.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "common/management/state.h"
#include "common/transfer/activity.h"

namespace overlap::server {

inline std::int64_t unix_ms_now() noexcept {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

// show() and finished() are called by whoever runs the connection, one at a time; look() by its
// shard's tick; state() by any thread. The data path pays a few plain stores for each action; the
// text of a request is copied once, under a mutex that nobody else takes but who asks for a list.
class ConnectionView {
 public:
  explicit ConnectionView(std::int64_t opened_unix_ms) : opened_unix_ms_(opened_unix_ms) {}

  void show(const Activity& activity, Instant now) noexcept;
  void finished(const RequestRecord& record) noexcept;
  // Now and then: the rate is that since the last look of a second ago or more.
  void look(Instant now) noexcept;

  // All but what the shard knows: id, listener, model, peer. Throws std::bad_alloc.
  void state(Instant now, std::int64_t unix_ms, management::ConnectionState& state) const;

 private:
  static constexpr std::uint64_t unknown = UINT64_MAX;

  // The request under way, as it was told.
  struct Request {
    bool under_way = false;
    Instant since{};
    Direction direction = Direction::download;
    std::string method;
    std::string target;
    std::string user;
  };

  void tell(const Activity& activity) noexcept;
  std::uint64_t moved_in_all() const noexcept;

  const std::int64_t opened_unix_ms_;
  std::atomic<ConnectionPhase> phase_{ConnectionPhase::idle};
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> received_{0};  // by the requests that are finished
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> moved_{0};  // by the one under way
  std::atomic<std::uint64_t> total_{unknown};
  std::atomic<Instant> last_moved_{Instant::zero()};
  std::atomic<double> bytes_per_second_{0};

  // Of the tick alone.
  Instant looked_at_{};
  std::uint64_t looked_bytes_ = 0;

  // A request is text, which no single store can hand over; and who asks for a list has no thread
  // in common with the connection.
  mutable std::mutex mutex_;
  Request request_;  // written by the runner alone, which may read it without the mutex
};

}  // namespace overlap::server
