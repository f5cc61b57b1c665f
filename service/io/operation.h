// One overlapped request as the product sees it: embedded in its owner, never moved, never freed
// while pending.
#pragma once

#include <atomic>
#include <cstdint>

#include "common/stats/recorder.h"
#include "common/time.h"
#include "common/transfer/outcome.h"

namespace overlap::io {

// Why an operation is cancelled: it decides how its completion is counted.
enum class Cancel : std::uint8_t { none, stopping, deadline };

// Ends the process, in release too: a broken invariant is a defect, and going on could corrupt
// files. The service manager restarts the service. The hook lets the service write the Event Log
// first; any thread.
[[noreturn]] void broken_invariant(const char* what) noexcept;
using BrokenInvariantHook = void (*)(const char* what) noexcept;
void on_broken_invariant(BrokenInvariantHook report) noexcept;

// The part of an operation that every model shares. A model's own Operation type derives from it.
// Life: idle -> begin() -> in flight -> ready() -> ready -> deliver() -> idle, and the handler may
// begin it again.
class OperationBase {
 public:
  // Runs inside the model's wait(), on a thread of that model. The operation is idle again and may
  // be started anew; the handler may also destroy it.
  using Complete = void (*)(OperationBase&, const Outcome&) noexcept;

  explicit OperationBase(Complete complete) noexcept : complete_(complete) {}
  OperationBase(const OperationBase&) = delete;
  OperationBase& operator=(const OperationBase&) = delete;
  ~OperationBase() {
    if (pending()) broken_invariant("an operation was destroyed while it was pending");
  }

  bool pending() const noexcept { return phase_.load(std::memory_order_acquire) != Phase::idle; }
  OperationKind kind() const noexcept { return kind_; }
  Instant submitted_at() const noexcept { return submitted_at_.load(std::memory_order_relaxed); }

  // For models only. The recorder is the calling thread's.
  void begin(OperationKind kind, Instant now, stats::Recorder& recorder) noexcept {
    if (pending()) broken_invariant("an operation was started while it was pending");
    kind_ = kind;
    submitted_at_.store(now, std::memory_order_relaxed);
    cancel_.store(Cancel::none, std::memory_order_relaxed);
    phase_.store(Phase::in_flight, std::memory_order_release);
    recorder.submitted(kind);
  }

  // The system is done with the operation; its handler has not run yet.
  void ready(const Outcome& outcome, Instant now, stats::Recorder& recorder) noexcept {
    if (phase_.load(std::memory_order_relaxed) != Phase::in_flight)
      broken_invariant("an operation completed twice");
    outcome_ = outcome;
    ready_at_ = now;
    phase_.store(Phase::ready, std::memory_order_relaxed);
    recorder.ready(kind_);
  }

  // Hands the outcome to the owner. Nothing of the operation may be touched afterwards: the owner
  // may have freed it.
  void deliver(Instant now, stats::Recorder& recorder) noexcept {
    if (phase_.load(std::memory_order_relaxed) != Phase::ready)
      broken_invariant("an operation was delivered unready");
    const Outcome outcome = outcome_;
    recorder.completed(
        {kind_, outcome.result, outcome.bytes, ready_at_ - submitted_at(), now - ready_at_});
    phase_.store(Phase::idle, std::memory_order_release);
    complete_(*this, outcome);
  }

  void note_cancel(Cancel reason) noexcept { cancel_.store(reason, std::memory_order_relaxed); }
  Cancel cancel_reason() const noexcept { return cancel_.load(std::memory_order_relaxed); }
  bool is_ready() const noexcept { return phase_.load(std::memory_order_relaxed) == Phase::ready; }

  OperationBase* next = nullptr;  // the model's ready queue; only while ready

 private:
  enum class Phase : std::uint8_t { idle, in_flight, ready };

  Complete complete_;
  // Atomic: the threads of a shared model (asio) ask whether and since when another's is pending.
  std::atomic<Phase> phase_{Phase::idle};
  std::atomic<Cancel> cancel_{Cancel::none};
  std::atomic<Instant> submitted_at_{};
  OperationKind kind_ = OperationKind::receive;
  Instant ready_at_{};
  Outcome outcome_;
};

// First in, first out, without allocation: an operation that completed at once goes behind those
// that were ready.
class ReadyQueue {
 public:
  bool empty() const noexcept { return head_ == nullptr; }
  OperationBase* back() const noexcept { return tail_; }
  void push(OperationBase& op) noexcept {
    op.next = nullptr;
    (tail_ ? tail_->next : head_) = &op;
    tail_ = &op;
  }
  OperationBase* pop() noexcept {
    OperationBase* op = head_;
    if (!op) return nullptr;
    head_ = op->next;
    if (!head_) tail_ = nullptr;
    return op;
  }

 private:
  OperationBase* head_ = nullptr;
  OperationBase* tail_ = nullptr;
};

// Work handed to a model from another thread. Embedded in its owner: posting allocates nothing.
class Posted {
 public:
  using Run = void (*)(Posted&) noexcept;
  explicit Posted(Run function) noexcept : run_(function) {}
  Posted(const Posted&) = delete;
  Posted& operator=(const Posted&) = delete;
  void run() noexcept { run_(*this); }

 private:
  friend class PostQueue;
  Run run_;
  Posted* next_ = nullptr;
};

// Many threads push, the model's thread takes all. Lock-free: a stack that the taker turns round.
class PostQueue {
 public:
  // True if the queue was empty: the model must be woken. Any thread.
  bool push(Posted& work) noexcept {
    Posted* top = top_.load(std::memory_order_relaxed);
    do work.next_ = top;
    while (!top_.compare_exchange_weak(top, &work, std::memory_order_release,
                                       std::memory_order_relaxed));
    return top == nullptr;
  }
  // Runs what was posted before the call, in the order in which it was posted. Returns how many
  // ran.
  std::size_t run_all() noexcept {
    Posted* reversed = nullptr;
    for (Posted* work = top_.exchange(nullptr, std::memory_order_acquire); work;) {
      Posted* next = work->next_;
      work->next_ = reversed;
      reversed = work;
      work = next;
    }
    std::size_t count = 0;
    for (; reversed; ++count) {
      Posted* work = reversed;
      reversed = work->next_;
      work->run();
    }
    return count;
  }
  bool empty() const noexcept { return top_.load(std::memory_order_relaxed) == nullptr; }

 private:
  std::atomic<Posted*> top_{nullptr};
};

}  // namespace overlap::io
