// Work from other threads: post() and wake().
#include <atomic>
#include <deque>

#include "tests/conformance/conformance.h"

namespace overlap::conformance {
namespace {

// Long enough that only a lost wake-up can make a wait last that long.
constexpr auto long_wait = 30s;
constexpr auto lost_after = 20s;

template <class M>
class Posts : public Conformance<M> {
 protected:
  // One wait that something must end.
  void wait_to_be_woken(Instant limit = long_wait) {
    const auto start = std::chrono::steady_clock::now();
    this->wait(limit);
    EXPECT_LT(std::chrono::steady_clock::now() - start, lost_after) << "a wake-up was lost";
  }
};
TYPED_TEST_SUITE(Posts, Models, ModelNames);

struct Work : io::Posted {
  explicit Work(std::function<void()> f = {}) : Posted(&on_run), function(std::move(f)) {}
  static void on_run(io::Posted& posted) noexcept {
    auto& self = static_cast<Work&>(posted);
    EXPECT_GT(wait_depth, 0) << "posted work ran outside wait()";
    ++self.runs;
    if (self.function) self.function();
  }
  int runs = 0;
  std::function<void()> function;
};

TYPED_TEST(Posts, posted_work_runs_once_inside_wait) {
  Work work;
  this->model->post(work);
  EXPECT_EQ(work.runs, 0) << "it ran inside post()";
  ASSERT_TRUE(this->drive([&] { return work.runs > 0; }));
  this->idle_for_a_while();
  EXPECT_EQ(work.runs, 1);
}

TYPED_TEST(Posts, work_may_be_posted_again_and_from_itself) {
  Work work;
  work.function = [&] {
    if (work.runs < 1000) this->model->post(work);
  };
  this->model->post(work);
  ASSERT_TRUE(this->drive([&] { return work.runs == 1000; }));
  this->idle_for_a_while();
  EXPECT_EQ(work.runs, 1000);
}

TYPED_TEST(Posts, work_may_be_posted_from_a_handler) {
  auto pair = this->connected();
  std::vector<std::byte> buffer(8);
  typename TestFixture::Operation op;
  Work work;
  op.then = [&](const Outcome&) { this->model->post(work); };
  this->model->receive(op, pair.stream, buffer);
  ASSERT_EQ(pair.peer->send(as_bytes("x")), 1u);
  ASSERT_TRUE(this->drive([&] { return work.runs == 1; }));
}

TYPED_TEST(Posts, work_may_start_operations) {
  auto pair = this->connected();
  std::vector<std::byte> buffer(8);
  typename TestFixture::Operation op;
  Work work([&] { this->model->receive(op, pair.stream, buffer); });
  std::thread other([&] { this->model->post(work); });
  ASSERT_TRUE(this->drive([&] { return work.runs == 1; }));
  other.join();
  ASSERT_EQ(pair.peer->send(as_bytes("x")), 1u);
  EXPECT_EQ(this->finish(op).result, Result::ok);
}

TYPED_TEST(Posts, thousands_of_posts_from_many_threads_run_once_each_and_in_order_per_thread) {
  constexpr std::size_t threads = 4, each = 2500;
  struct Numbered : io::Posted {
    Numbered(std::size_t n, std::vector<std::size_t>& s, std::size_t& all)
        : Posted(&on_run), number(n), seen(s), count(all) {}
    static void on_run(io::Posted& posted) noexcept {
      auto& self = static_cast<Numbered&>(posted);
      EXPECT_GT(wait_depth, 0);
      self.seen.push_back(self.number);
      ++self.count;
    }
    std::size_t number;
    std::vector<std::size_t>& seen;
    std::size_t& count;
  };
  std::array<std::vector<std::size_t>, threads> seen;
  std::array<std::deque<Numbered>, threads> works;
  std::size_t count = 0;
  for (std::size_t t = 0; t < threads; ++t)
    for (std::size_t n = 0; n < each; ++n) works[t].emplace_back(n, seen[t], count);
  std::vector<std::thread> posters;
  for (std::size_t t = 0; t < threads; ++t)
    posters.emplace_back([&, t] {
      for (Numbered& work : works[t]) this->model->post(work);
    });
  const Deadline deadline;
  while (count < threads * each && !deadline.passed()) this->wait_to_be_woken();
  for (std::thread& poster : posters) poster.join();
  this->idle_for_a_while();
  EXPECT_EQ(count, threads * each);
  for (const auto& order : seen) {
    ASSERT_EQ(order.size(), each);
    EXPECT_TRUE(std::ranges::is_sorted(order));
  }
}

TYPED_TEST(Posts, no_wake_up_is_lost_when_each_post_waits_for_the_one_before) {
  constexpr int rounds = 2000;
  std::atomic<int> ran{0};
  Work work([&] { ran.fetch_add(1, std::memory_order_release); });
  std::thread poster([&] {
    for (int i = 0; i < rounds; ++i) {
      this->model->post(work);
      while (ran.load(std::memory_order_acquire) == i) std::this_thread::yield();
    }
  });
  const Deadline deadline;
  while (ran.load() < rounds && !deadline.passed()) this->wait_to_be_woken();
  EXPECT_EQ(ran.load(), rounds);
  if (ran.load() < rounds) std::abort();  // the poster would never end
  poster.join();
}

TYPED_TEST(Posts, posts_are_heard_amid_completions) {
  auto pair = this->connected();
  std::vector<std::byte> buffer(1);
  typename TestFixture::Operation op;
  const auto much = pattern(20'000);
  std::size_t received = 0;
  op.then = [&](const Outcome& outcome) {
    ASSERT_EQ(outcome.result, Result::ok);
    received += outcome.bytes;
    if (received < much.size()) this->model->receive(op, pair.stream, buffer);
  };
  this->model->receive(op, pair.stream, buffer);
  ASSERT_EQ(pair.peer->send(much), much.size());
  std::atomic<int> ran{0};
  Work work([&] { ran.fetch_add(1, std::memory_order_release); });
  std::thread poster([&] {
    for (int i = 0; i < 100; ++i) {
      this->model->post(work);
      while (ran.load(std::memory_order_acquire) == i) std::this_thread::yield();
    }
  });
  EXPECT_TRUE(this->drive([&] { return received == much.size() && ran.load() == 100; }));
  poster.join();
}

TYPED_TEST(Posts, a_wake_before_the_wait_is_not_lost) {
  this->model->wake();
  const auto before = this->stats.snapshot(this->model->now()).waits;
  this->wait_to_be_woken();
  const auto after = this->stats.snapshot(this->model->now()).waits;
  const auto wake = static_cast<std::size_t>(stats::WaitReason::wake);
  EXPECT_EQ(after[wake], before[wake] + 1);
}

TYPED_TEST(Posts, a_wake_from_another_thread_ends_a_wait_without_limit) {
  for (int round = 0; round < 50; ++round) {
    std::thread other([&] { this->model->wake(); });
    this->wait_to_be_woken(never);
    other.join();
  }
}

TYPED_TEST(Posts, a_post_from_another_thread_ends_a_wait_without_limit) {
  for (int round = 1; round <= 50; ++round) {
    Work work;
    std::thread other([&] { this->model->post(work); });
    const Deadline deadline;
    while (work.runs == 0 && !deadline.passed()) this->wait_to_be_woken(never);
    other.join();
    EXPECT_EQ(work.runs, 1);
  }
}

TYPED_TEST(Posts, a_wait_with_nothing_to_do_ends_at_its_limit) {
  const Instant start = this->model->now();
  const io::Waited waited = this->wait(20ms);
  EXPECT_EQ(waited.delivered + waited.posted, 0u);
  // Windows measures waits by its tick; it may be early by one, never at once.
  EXPECT_GE(this->model->now() - start, 1ms);
}

TYPED_TEST(Posts, a_wait_reports_what_it_did) {
  auto pair = this->connected();
  std::vector<std::byte> buffer(8);
  typename TestFixture::Operation op;
  Work a, b;
  std::size_t delivered = 0, posted = 0;
  this->model->receive(op, pair.stream, buffer);
  ASSERT_EQ(pair.peer->send(as_bytes("x")), 1u);
  this->model->post(a);
  this->model->post(b);
  const Deadline deadline;
  while (!(op.done() && a.runs && b.runs) && !deadline.passed()) {
    const io::Waited waited = this->wait();
    delivered += waited.delivered;
    posted += waited.posted;
  }
  EXPECT_EQ(delivered, 1u);
  EXPECT_EQ(posted, 2u);
}

}  // namespace
}  // namespace overlap::conformance
