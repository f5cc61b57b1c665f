// Lines 5 and 6 of the contract: the whole set is swept, high slots do not starve, and a wait()
// delivers a bounded batch.
#include "tests/conformance/conformance.h"

namespace overlap::conformance {
namespace {

// Completions of a busy neighbour after which an operation that is ready counts as starved. A
// loaded system may take a while to hear of a packet; starvation has no end.
constexpr int starved = 200'000;

template <class M>
class Fairness : public Conformance<M> {
 protected:
  using Base = Conformance<M>;
  // A read of one byte that its handler starts again, until told to stop: it completes at once on
  // systems that have the file in memory.
  struct Storm {
    Storm(M& m, typename Base::File f) : model(m), file(std::move(f)) {
      op.then = [this](const Outcome& outcome) {
        EXPECT_EQ(outcome.result, Result::ok);
        ++rounds;
        if (running && rounds < starved) start();
      };
    }
    void start() { model.read(op, file, 0, byte); }

    M& model;
    typename Base::File file;
    typename Base::Operation op;
    std::array<std::byte, 1> byte{};
    int rounds = 0;
    bool running = true;
  };
  void stop(Storm& storm) {
    storm.running = false;
    EXPECT_TRUE(this->drive([&] { return !storm.op.pending(); }));
  }
};
TYPED_TEST_SUITE(Fairness, Models, ModelNames);

TYPED_TEST(Fairness, many_that_are_ready_at_once_are_all_delivered) {
  constexpr std::size_t count = 60;
  std::vector<typename TestFixture::Pair> pairs;
  for (std::size_t i = 0; i < count; ++i) pairs.push_back(this->connected());
  std::vector<std::array<std::byte, 8>> buffers(count);
  std::deque<typename TestFixture::Operation> ops(count);
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      ops[i].forget();
      this->model->receive(ops[i], pairs[i].stream, buffers[i]);
    }
    for (auto& pair : pairs) ASSERT_EQ(pair.peer->send(as_bytes("now")), 3u);
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t got = 0;
      while (got < 3) {
        ASSERT_TRUE(this->drive([&] { return ops[i].done(); })) << "operation " << i;
        ASSERT_EQ(ops[i].outcome.result, Result::ok);
        got += ops[i].outcome.bytes;
        if (got < 3) {
          ops[i].forget();
          this->model->receive(ops[i], pairs[i].stream, buffers[i]);
        }
      }
    }
  }
}

TYPED_TEST(Fairness, a_busy_low_slot_does_not_starve_a_high_one) {
  auto busy = this->connected();
  std::vector<typename TestFixture::Pair> quiet;
  for (int i = 0; i < 61; ++i) quiet.push_back(this->connected());
  const auto much = pattern(32 * 1024);
  std::array<std::byte, 1> byte;
  typename TestFixture::Operation low;
  int rounds = 0;
  bool running = true;
  const auto feed = [&] { busy.peer->send(much); };
  low.then = [&](const Outcome& outcome) {
    if (!running) return;
    ASSERT_EQ(outcome.result, Result::ok);
    ++rounds;
    if (rounds < starved) this->model->receive(low, busy.stream, byte);
  };
  this->model->receive(low, busy.stream, byte);  // the first slot
  std::deque<typename TestFixture::Operation> ops(quiet.size());
  std::vector<std::array<std::byte, 8>> buffers(quiet.size());
  for (std::size_t i = 0; i < quiet.size(); ++i)
    this->model->receive(ops[i], quiet[i].stream, buffers[i]);
  feed();
  ASSERT_TRUE(this->drive([&] { return rounds > 100; }, feed));
  ASSERT_EQ(quiet.back().peer->send(as_bytes("!")), 1u);
  ASSERT_TRUE(this->drive([&] { return ops.back().done() || rounds >= starved; }, feed));
  EXPECT_TRUE(ops.back().done()) << "starved by " << rounds << " completions of another";
  running = false;
  for (auto& op : ops) this->model->cancel(op, io::Cancel::stopping);
  this->model->cancel(low, io::Cancel::stopping);
  ASSERT_TRUE(this->drive([&] {
    return !low.pending() && std::ranges::none_of(ops, [](auto& op) { return op.pending(); });
  }));
}

TYPED_TEST(Fairness, operations_that_complete_at_once_do_not_starve_a_connection) {
  auto pair = this->connected();
  typename TestFixture::Storm storm(*this->model, this->file(pattern(1)));
  std::array<std::byte, 8> buffer;
  typename TestFixture::Operation op;
  this->model->receive(op, pair.stream, buffer);
  storm.start();
  ASSERT_TRUE(this->drive([&] { return storm.rounds > 100; }));
  ASSERT_EQ(pair.peer->send(as_bytes("!")), 1u);
  ASSERT_TRUE(this->drive([&] { return op.done() || storm.rounds >= starved; }));
  EXPECT_TRUE(op.done()) << "starved by " << storm.rounds << " completions of another";
  this->stop(storm);
}

TYPED_TEST(Fairness, two_that_complete_at_once_take_turns) {
  typename TestFixture::Storm a(*this->model, this->file(pattern(1)));
  typename TestFixture::Storm b(*this->model, this->file(pattern(1)));
  a.start();
  b.start();
  ASSERT_TRUE(this->drive([&] { return a.rounds + b.rounds >= 2000; }));
  EXPECT_GT(a.rounds, 500);
  EXPECT_GT(b.rounds, 500);
  this->stop(a);
  this->stop(b);
}

TYPED_TEST(Fairness, a_wait_delivers_a_bounded_batch) {
  typename TestFixture::Storm storm(*this->model, this->file(pattern(1)));
  storm.start();
  for (int i = 0; i < 20; ++i) {
    EXPECT_LE(this->wait().delivered, 1024u);
    ASSERT_LT(storm.rounds, starved) << "wait() did not return";
  }
  this->stop(storm);
}

TYPED_TEST(Fairness, operations_that_complete_at_once_do_not_starve_posted_work) {
  struct Work : io::Posted {
    Work() : Posted([](io::Posted& p) noexcept { static_cast<Work&>(p).ran = true; }) {}
    bool ran = false;
  };
  typename TestFixture::Storm storm(*this->model, this->file(pattern(1)));
  storm.start();
  ASSERT_TRUE(this->drive([&] { return storm.rounds > 100; }));
  Work work;
  const int before = storm.rounds;
  this->model->post(work);
  ASSERT_TRUE(this->drive([&] { return work.ran || storm.rounds >= starved; }));
  EXPECT_TRUE(work.ran);
  EXPECT_LT(storm.rounds - before, 10'000);
  this->stop(storm);
}

TYPED_TEST(Fairness, work_that_posts_itself_does_not_starve_completions) {
  struct Work : io::Posted {
    explicit Work(TypeParam& m) : Posted(&on_run), model(m) {}
    static void on_run(io::Posted& posted) noexcept {
      auto& self = static_cast<Work&>(posted);
      if (++self.runs < starved && self.running) {
        self.model.post(self);
      } else {
        self.ended = true;
      }
    }
    TypeParam& model;
    int runs = 0;
    bool running = true;
    bool ended = false;
  };
  auto pair = this->connected();
  std::array<std::byte, 8> buffer;
  typename TestFixture::Operation op;
  this->model->receive(op, pair.stream, buffer);
  Work work(*this->model);
  this->model->post(work);
  ASSERT_EQ(pair.peer->send(as_bytes("!")), 1u);
  ASSERT_TRUE(this->drive([&] { return op.done() || work.ended; }));
  EXPECT_TRUE(op.done()) << "starved by " << work.runs << " posts";
  work.running = false;
  ASSERT_TRUE(this->drive([&] { return work.ended; }));
}

}  // namespace
}  // namespace overlap::conformance
