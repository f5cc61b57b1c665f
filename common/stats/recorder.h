// Where one thread of an I/O model counts what it does. Single writer, no lock and no atomic
// read-modify-write on its path: the thread that records is the only one that writes, and any
// thread may read (snapshot.h makes one consistent picture of all the threads of a model).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "common/stats/counts.h"
#include "common/stats/histogram.h"
#include "common/time.h"
#include "common/transfer/action.h"
#include "common/transfer/outcome.h"

namespace overlap::stats {

enum class WaitReason : std::uint8_t {
  io,       // a completion ended the wait
  timeout,  // nothing came within the limit
  wake,     // another thread ended it: posted work or wake()
};
inline constexpr std::size_t wait_reasons = 3;

struct Completion {
  OperationKind kind;
  Result result;
  std::size_t bytes;
  Instant latency;  // submit to completion
  Instant lag;      // completion to handler
};

// By the hundreds of the status: 0 no response, 1xx .. 5xx.
inline constexpr std::size_t status_classes = 6;

// The peak of operations in flight over threads that share them. Peaks of single threads mean
// nothing there (one thread submits, another completes), so this one number is a read-modify-write
// of a line that all threads touch, twice an operation. It is paid by shared models only: the
// io_context underneath already pays the same for its count of outstanding work.
class SharedPeak {
 public:
  void submitted() noexcept {
    const std::int64_t now = in_flight_.fetch_add(1, std::memory_order_relaxed) + 1;
    std::int64_t peak = peak_.load(std::memory_order_relaxed);
    while (now > peak && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
    }
  }
  void completed() noexcept { in_flight_.fetch_sub(1, std::memory_order_relaxed); }
  std::int64_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> in_flight_{0};
  std::atomic<std::int64_t> peak_{0};
};

// All calls but read access through gather() belong to the thread that owns the recorder. They do
// not allocate, block or fail. On cache lines of its own, so that no two threads write to one line.
#ifdef _MSC_VER
#pragma warning(suppress : 4324)  // padded by its alignment: on purpose
#endif
class alignas(64) Recorder {
 public:
  // `shared` is for a model whose threads share operations; it must outlive the recorder.
  explicit Recorder(SharedPeak* shared = nullptr) noexcept : shared_(shared) {}
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // ---- the life of an operation: submitted, ready, completed; each exactly once ----------------

  void submitted(OperationKind kind) noexcept {
    {
      const GuardedCounts::Section section{counts_};
      section.add(section->submitted[index(kind)], 1);
      section.add(section->in_flight[index(kind)], 1);
    }
    if (shared_) {
      shared_->submitted();
    } else if (++in_flight_ > peak_.load(std::memory_order_relaxed)) {
      peak_.store(in_flight_, std::memory_order_relaxed);
    }
  }
  // In addition: it had ended before the call that started it returned.
  void immediate(OperationKind kind) noexcept {
    const GuardedCounts::Section section{counts_};
    section.add(section->immediate[index(kind)], 1);
  }
  // The system is done with it; its handler has not run. It is still in flight. The thread that
  // says so also says completed().
  void ready(OperationKind kind) noexcept {
    const GuardedCounts::Section section{counts_};
    section.add(section->ready[index(kind)], 1);
  }
  // Its handler runs next. Leaves ready and in flight.
  void completed(const Completion& completion) noexcept {
    const std::size_t kind = index(completion.kind);
    {
      const GuardedCounts::Section section{counts_};
      section.add(section->completed[kind][index(completion.result)], 1);
      section.add(section->bytes[kind], static_cast<std::int64_t>(completion.bytes));
      section.add(section->ready[kind], -1);
      section.add(section->in_flight[kind], -1);
    }
    if (shared_) {
      shared_->completed();
    } else {
      --in_flight_;
    }
    latency_[kind].record(completion.latency);
    lag_.record(completion.lag);
  }
  // Its handler has returned, after so long.
  void handled(Instant handler_time) noexcept { handler_.record(handler_time); }

  // ---- the loop --------------------------------------------------------------------------------

  // One wait has ended: `idle` was spent inside it, `busy` since the wait before it.
  void waited(WaitReason reason, std::size_t completions, Instant idle, Instant busy) noexcept {
    add(waits_[static_cast<std::size_t>(reason)], 1);
    add(wait_completions_, static_cast<std::int64_t>(completions));
    add(idle_, idle.count());
    add(busy_, busy.count());
  }
  // Completions were at hand, so that no wait was needed before they were handled.
  void carried_on(std::size_t completions, Instant busy) noexcept {
    add(wait_completions_, static_cast<std::int64_t>(completions));
    add(busy_, busy.count());
  }
  // Posted work ran so long after it was posted.
  void dispatch_lag(Instant lag) noexcept { dispatch_lag_.record(lag); }
  // Whether the thread works or waits, where a model has a pool.
  void busy(bool now) noexcept { is_busy_.store(now, std::memory_order_relaxed); }

  // ---- connections and requests ----------------------------------------------------------------

  void connection_opened() noexcept {
    const GuardedCounts::Section section{counts_};
    section.add(section->opened, 1);
    section.add(section->open, 1);
  }
  void connection_closed(CloseReason reason) noexcept {
    const GuardedCounts::Section section{counts_};
    section.add(section->closed[static_cast<std::size_t>(reason)], 1);
    section.add(section->open, -1);
  }
  // Refused because the listener or its slots were full.
  void connection_rejected() noexcept { add(rejected_, 1); }
  // Refused in the same way, because its client address had as many connections as it may have.
  void address_rejected() noexcept { add(rejected_addresses_, 1); }
  // A connection waits on purpose: bandwidth is limited, or a log-in has failed.
  void paused() noexcept { add(pauses_, 1); }
  // `status` 0: the connection ended before a response began.
  void request_finished(int status, bool whole) noexcept {
    if (status == 401) add(unauthorized_, 1);
    const int hundreds = status / 100;
    const bool known = hundreds >= 1 && hundreds < static_cast<int>(status_classes);
    add(requests_[known ? static_cast<std::size_t>(hundreds) : 0], 1);
    if (!whole) add(requests_incomplete_, 1);
  }

  // ---- gauges: the last value counts
  // -------------------------------------------------------------

  void wait_slots(std::size_t used, std::size_t limit) noexcept {
    slots_used_.store(static_cast<std::int64_t>(used), std::memory_order_relaxed);
    slots_limit_.store(static_cast<std::int64_t>(limit), std::memory_order_relaxed);
  }
  // When the oldest operation that is still pending was submitted; `never` if none is.
  void oldest_pending(Instant submitted_at) noexcept {
    oldest_pending_.store(submitted_at.count(), std::memory_order_relaxed);
  }

  // ---- apc alone
  // -----------------------------------------------------------------------------------

  // Completion routines that ran during one alertable wait.
  void apcs_run(std::size_t count) noexcept {
    alertable_.store(true, std::memory_order_relaxed);
    add(apcs_, static_cast<std::int64_t>(count));
  }
  // A stretch outside an alertable wait.
  void longest_unalertable(Instant stretch) noexcept {
    alertable_.store(true, std::memory_order_relaxed);
    stretches_.record(stretch);
    if (stretch.count() > unalertable_.load(std::memory_order_relaxed))
      unalertable_.store(stretch.count(), std::memory_order_relaxed);
  }

 private:
  friend class Gatherer;
  friend class ModelStats;
  friend class RecorderProbe;  // tests: holds a section open

  static void add(std::atomic<std::int64_t>& cell, std::int64_t amount) noexcept {
    cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }

  GuardedCounts counts_;
  SharedPeak* shared_;
  std::int64_t in_flight_ = 0;  // the owner's alone; over all kinds
  std::atomic<std::int64_t> peak_{0};

  // Outside the seqlock: nothing is promised between these and the counts, or among themselves.
  std::array<std::atomic<std::int64_t>, wait_reasons> waits_{};
  std::atomic<std::int64_t> wait_completions_{0};
  std::atomic<std::int64_t> idle_{0};
  std::atomic<std::int64_t> busy_{0};
  std::atomic<std::int64_t> rejected_{0};
  std::atomic<std::int64_t> rejected_addresses_{0};
  std::atomic<std::int64_t> pauses_{0};
  std::atomic<std::int64_t> unauthorized_{0};
  std::array<std::atomic<std::int64_t>, status_classes> requests_{};
  std::atomic<std::int64_t> requests_incomplete_{0};
  std::atomic<std::int64_t> slots_used_{0};
  std::atomic<std::int64_t> slots_limit_{0};
  std::atomic<std::int64_t> oldest_pending_{never.count()};
  std::atomic<std::int64_t> apcs_{0};
  std::atomic<std::int64_t> unalertable_{0};
  std::atomic<bool> alertable_{false};
  std::atomic<bool> is_busy_{false};
  std::atomic<bool> running_{true};  // its thread has not ended

  ByKind<HistogramRecorder> latency_;
  HistogramRecorder lag_;
  HistogramRecorder handler_;
  HistogramRecorder dispatch_lag_;
  HistogramRecorder stretches_;  // outside an alertable wait
};

}  // namespace overlap::stats
