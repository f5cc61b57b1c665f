// Looks at the service once a second, whoever asks: makes the history, judges the figures, and
// hands each picture to all who wait for one.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/findings/finding.h"
#include "common/findings/moment.h"
#include "common/findings/watch.h"
#include "common/history/history.h"
#include "common/management/journal.h"
#include "common/management/source.h"

namespace overlap::admin {

// One second of the service. Immutable: any number of threads read it at once.
struct Picture {
  struct ModelSample {
    std::string name;
    history::Sample sample;
  };

  std::uint64_t id = 0;  // 1, 2, 3, ...
  // Models, listeners, service and journal; never null.
  std::shared_ptr<const findings::Moment> moment;
  std::vector<ModelSample> samples;  // one a model of the moment, in the same order
  std::vector<findings::Finding> findings;
};

// Thread-safe but for start(), stop() and take(). `source` and `journal` must outlive it.
class Sampler {
 public:
  using Clock = std::chrono::steady_clock;

  // Looks at each picture on the thread that took it, before those who wait get it. What it throws
  // costs the picture.
  using Observer = std::function<void(const Picture&)>;

  Sampler(const management::Source& source, const management::Journal& journal,
          Observer observer = {})
      : source_(source), journal_(journal), observer_(std::move(observer)) {}
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;
  ~Sampler() { stop(); }

  // Takes the first picture before it returns, then one a second on a thread of its own. Throws
  // std::system_error if that cannot be started. Once.
  void start();
  // Wakes all who wait, then ends the thread. May be called again.
  void stop();

  // The last one; null before the first. Never waits for one to be taken.
  std::shared_ptr<const Picture> newest() const;
  // The newest picture with a greater id than `after`, as soon as there is one. Null at the
  // deadline, after stop(), which stopped() tells, and once `given_up` is set and wake() called.
  std::shared_ptr<const Picture> wait_for_next(std::uint64_t after, Clock::time_point deadline,
                                               const std::atomic<bool>& given_up) const;
  std::shared_ptr<const Picture> wait_for_next(std::uint64_t after,
                                               Clock::time_point deadline) const;
  // Lets all who wait see whether they have given up.
  void wake() const;
  bool stopped() const;

  // Of the last `seconds` (1..history::seconds_max), of one model or of all (empty).
  std::vector<history::ModelHistory> last(std::int64_t seconds, std::string_view model = {}) const;

  // One picture, as if its second had come. For the thread of the sampler, and for tests that start
  // none. A source that throws costs that picture and nothing else; false then.
  bool take(Instant monotonic, std::int64_t unix_ms) noexcept;

 private:
  void run();
  void sample(Instant monotonic, std::int64_t unix_ms);

  const management::Source& source_;
  const management::Journal& journal_;
  const Observer observer_;
  findings::Watch watch_;  // of the thread that takes pictures

  // Pictures go from one thread to many, who have nothing to which one could post. Held for as long
  // as a pointer is copied, or an hour of samples.
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool stopped_ = false;
  std::shared_ptr<const Picture> newest_;
  history::History history_;

  std::thread thread_;
};

}  // namespace overlap::admin
