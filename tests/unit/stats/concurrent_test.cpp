// Snapshots while threads record as fast as they can; the thread sanitizer watches in its preset.
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "common/stats/model_stats.h"
#include "common/stats/snapshot.h"

namespace overlap::stats {
namespace {

using namespace std::chrono_literals;

void give_way(unsigned round) noexcept {
  if (round < 16) return std::this_thread::yield();
  std::this_thread::sleep_for(1ms);
}

// About as long as the cheapest system call takes: recorders are never driven faster.
void pretend_to_call_the_kernel() noexcept {
  static thread_local std::atomic<int> work{0};
  for (int i = 0; i < 200; ++i) work.store(i, std::memory_order_relaxed);
}

Completion done(OperationKind kind) { return {kind, Result::ok, 3, 5us, 1us}; }

// Runs until told to stop, and is joined.
class Worker {
 public:
  explicit Worker(std::function<void(const std::atomic<bool>&)> run)
      : thread_([this, run = std::move(run)] { run(stop_); }) {}
  ~Worker() {
    stop_.store(true);
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// One thread that owns its operations: up to eight pending, ended in any order.
void drive(Recorder& recorder, unsigned seed, const std::atomic<bool>& stop) {
  std::mt19937 random{seed};
  std::vector<OperationKind> pending;
  recorder.connection_opened();
  const auto end_one = [&] {
    const std::size_t which = random() % pending.size();
    const OperationKind kind = pending[which];
    pending.erase(pending.begin() + static_cast<std::ptrdiff_t>(which));
    recorder.ready(kind);
    recorder.completed(done(kind));
    recorder.handled(1us);
  };
  while (!stop.load(std::memory_order_relaxed)) {
    if (pending.size() < 8 && random() % 2 == 0) {
      pending.push_back(static_cast<OperationKind>(random() % operation_kinds));
      recorder.submitted(pending.back());
    } else if (!pending.empty()) {
      end_one();
    }
    if (random() % 8 == 0) {
      recorder.connection_closed(CloseReason::finished);
      recorder.connection_opened();
    }
    pretend_to_call_the_kernel();
  }
  while (!pending.empty()) end_one();
  recorder.connection_closed(CloseReason::stopping);
}

// Each section adds one to every member, so that any two that differ betray a torn read.
TEST(GuardedCounts, are_read_whole_or_not_at_all) {
  GuardedCounts guarded;
  Worker worker{[&](const std::atomic<bool>& stop) {
    CountValues unused;
    while (!stop.load(std::memory_order_relaxed)) {
      {
        const GuardedCounts::Section section{guarded};
        unused.for_each_with(*section.operator->(),
                             [&](std::int64_t, auto& cell) { section.add(cell, 1); });
      }
      pretend_to_call_the_kernel();
    }
  }};
  std::int64_t last = 0;
  for (int whole = 0; whole < 5'000 || last < 3'000;) {
    CountValues values;
    std::uint64_t sequence = 0;
    if (!guarded.try_read(values, sequence)) {
      std::this_thread::yield();
      continue;
    }
    ++whole;
    last = values.opened;
    CountValues unused;
    unused.for_each_with(values, [&](std::int64_t, std::int64_t value) {
      ASSERT_EQ(value, static_cast<std::int64_t>(sequence / 2));
    });
  }
}

TEST(ConcurrentSnapshot, holds_the_identity_while_threads_record) {
  constexpr std::size_t threads = 3;
  ModelStats stats{"event", false, &give_way};
  {
    std::deque<Worker> workers;
    for (unsigned i = 0; i < threads; ++i) {
      Recorder& recorder = stats.add_thread();
      workers.emplace_back(
          [&recorder, i](const std::atomic<bool>& stop) { drive(recorder, i, stop); });
    }
    std::int64_t submitted = 0;
    std::int64_t completed = 0;
    int snapshots = 0;
    for (; snapshots < 200 || completed < 3'000; ++snapshots) {
      const ModelSnapshot shown = stats.snapshot(0s);
      const OperationCounts total = shown.total();
      ASSERT_TRUE(shown.consistent()) << "snapshot " << snapshots;
      if (shown.one_instant) {
        ASSERT_LE(total.in_flight, static_cast<std::int64_t>(8 * threads));
      }
      ASSERT_GE(total.submitted, submitted);
      ASSERT_GE(total.completed(), completed);
      ASSERT_EQ(total.bytes, 3 * total.completed());
      submitted = total.submitted;
      completed = total.completed();
      std::this_thread::yield();
    }
  }
  const ModelSnapshot last = stats.snapshot(0s);
  EXPECT_TRUE(last.consistent());
  EXPECT_TRUE(last.one_instant);
  EXPECT_EQ(last.total().in_flight, 0);
  EXPECT_EQ(last.connections_open, 0);
  EXPECT_EQ(last.total().submitted, last.total().completed());
  EXPECT_EQ(static_cast<std::int64_t>(last.lag.count()), last.total().completed());
}

// A pool that shares operations: each thread submits into a slot that any other may end. The hand
// over through the slot is what the kernel does between a start and its completion.
class Pool {
 public:
  static constexpr std::size_t slots = 2;

  void drive(Recorder& recorder, const std::atomic<bool>& stop) {
    while (!stop.load(std::memory_order_relaxed)) {
      for (std::atomic<int>& slot : slots_) step(recorder, slot);
      pretend_to_call_the_kernel();
    }
  }
  void finish(Recorder& recorder) {
    for (std::atomic<int>& slot : slots_)
      if (slot.load() == pending) step(recorder, slot);
  }

 private:
  enum { idle, taken, pending };
  void step(Recorder& recorder, std::atomic<int>& slot) {
    if (int expected = pending; slot.compare_exchange_strong(expected, taken)) {
      recorder.ready(OperationKind::receive);
      pretend_to_call_the_kernel();  // others may read between the two
      recorder.completed(done(OperationKind::receive));
      recorder.connection_closed(CloseReason::finished);
      slot.store(idle);
    } else if (expected == idle && slot.compare_exchange_strong(expected, taken)) {
      recorder.connection_opened();
      recorder.submitted(OperationKind::receive);
      slot.store(pending);
    }
  }
  std::array<std::atomic<int>, slots> slots_{};
};

void check_shared(unsigned instant_attempts, int snapshots_wanted) {
  SharedPeak peak;
  std::deque<Recorder> recorders;
  std::vector<const Recorder*> readers;
  for (int i = 0; i < 3; ++i) readers.push_back(&recorders.emplace_back(&peak));
  const GatherOptions options{
      .name = "asio", .shared = true, .give_way = &give_way, .instant_attempts = instant_attempts};
  Pool pool;
  int moved = 0;
  {
    std::deque<Worker> workers;
    for (Recorder& recorder : recorders)
      workers.emplace_back([&](const std::atomic<bool>& stop) { pool.drive(recorder, stop); });
    std::int64_t submitted = 0;
    std::int64_t completed = 0;
    for (int i = 0; i < snapshots_wanted || completed < 3'000; ++i) {
      const ModelSnapshot shown = gather(readers, options);
      const OperationCounts total = shown.total();
      ASSERT_TRUE(shown.consistent()) << "snapshot " << i;
      ASSERT_GE(total.in_flight, 0);
      ASSERT_GE(shown.connections_open, 0);
      if (shown.one_instant) {
        ASSERT_LE(total.in_flight, std::int64_t{Pool::slots});
      }
      ASSERT_GE(total.submitted, submitted);
      ASSERT_GE(total.completed(), completed);
      submitted = total.submitted;
      completed = total.completed();
      moved += shown.one_instant ? 0 : 1;
    }
  }
  pool.finish(recorders.front());
  const ModelSnapshot last = gather(readers, options);
  EXPECT_TRUE(last.one_instant);
  EXPECT_TRUE(last.consistent());
  EXPECT_EQ(last.total().in_flight, 0);
  EXPECT_EQ(last.connections_open, 0);
  EXPECT_LE(last.peak, std::int64_t{Pool::slots});
  EXPECT_GE(last.peak, 1);
  testing::Test::RecordProperty("snapshots_that_moved", moved);
}

TEST(ConcurrentSnapshot, shows_no_completion_without_its_submission_on_shared_threads) {
  check_shared(1, 1000);
}

TEST(ConcurrentSnapshot, holds_on_shared_threads_when_one_instant_is_sought) {
  check_shared(16, 300);
}

TEST(ConcurrentSnapshot, loses_nothing_while_threads_come_and_go) {
  constexpr int rounds = 60;
  constexpr int operations = 40;
  ModelStats stats{"device", false, &give_way};
  std::atomic<bool> all_ended{false};
  std::thread starter{[&] {
    for (int round = 0; round < rounds; ++round) {
      std::vector<std::thread> threads;
      for (int i = 0; i < 2; ++i)
        threads.emplace_back([&stats] {
          Recorder& recorder = stats.add_thread();
          for (int n = 0; n < operations; ++n) {
            recorder.submitted(OperationKind::write);
            recorder.ready(OperationKind::write);
            recorder.completed(done(OperationKind::write));
          }
          stats.end_thread(recorder);
        });
      for (std::thread& thread : threads) thread.join();
    }
    all_ended.store(true);
  }};
  std::int64_t seen = 0;
  while (!all_ended.load()) {
    const ModelSnapshot shown = stats.snapshot(0s);
    EXPECT_TRUE(shown.consistent());
    EXPECT_GE(shown.total().completed(), seen);
    EXPECT_LE(shown.threads, 2u);
    seen = shown.total().completed();
  }
  starter.join();
  const ModelSnapshot last = stats.snapshot(0s);
  EXPECT_EQ(last.total().completed(), 2 * rounds * operations);
  EXPECT_EQ(last.threads, 0u);
  EXPECT_LE(last.peak, 2);  // two recorders served all threads
}

TEST(ConcurrentSnapshot, shows_every_counted_duration_within_the_extremes) {
  HistogramRecorder recorder;
  Worker worker{[&](const std::atomic<bool>& stop) {
    std::mt19937_64 random{11};
    while (!stop.load(std::memory_order_relaxed))
      recorder.record(Instant{static_cast<std::int64_t>(random() >> (24 + random() % 39))});
  }};
  for (int i = 0; i < 300; ++i) {
    Histogram shown;
    recorder.add_to(shown);
    if (shown.count() == 0) continue;
    ASSERT_LE(shown.min(), shown.percentile(0.0));
    ASSERT_LE(shown.percentile(0.0), shown.percentile(0.99));
    ASSERT_LE(shown.percentile(0.99), shown.max());
  }
}

}  // namespace
}  // namespace overlap::stats
