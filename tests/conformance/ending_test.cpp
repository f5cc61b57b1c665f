// Line 7 of the contract: what is destroyed has nothing pending.
#include <cstdio>
#include <cstdlib>

#include "tests/conformance/conformance.h"

namespace overlap::conformance {
namespace {

template <class M>
class Endings : public Conformance<M> {};
TYPED_TEST_SUITE(Endings, Models, ModelNames);

TYPED_TEST(Endings, an_owner_cancels_waits_and_destroys_with_work_of_every_kind_in_flight) {
  constexpr std::size_t count = 10;
  const auto much = pattern(1 << 20);
  for (int round = 0; round < 5; ++round) {
    Bench<TypeParam> bench;  // its own model, which is destroyed at the end of the round
    std::vector<typename TestFixture::Pair> pairs;
    std::vector<typename TestFixture::File> files;
    for (std::size_t i = 0; i < 3 * count; ++i) pairs.push_back(bench.connected());
    for (std::size_t i = 0; i < 3 * count; ++i) files.push_back(bench.file(much));
    std::vector<std::vector<std::byte>> buffers(2 * count, std::vector<std::byte>(100'000));
    std::deque<typename TestFixture::Operation> ops(5 * count);
    typename TestFixture::Accept accept;
    for (std::size_t i = 0; i < count; ++i) {
      bench.model->receive(ops[5 * i], pairs[i].stream, buffers[i]);
      bench.model->send(ops[5 * i + 1], pairs[count + i].stream, much, much);
      bench.model->send_file(ops[5 * i + 2], pairs[2 * count + i].stream, much, files[i], 0,
                             much.size());
      bench.model->read(ops[5 * i + 3], files[count + i], 0, buffers[count + i]);
      bench.model->write(ops[5 * i + 4], files[2 * count + i], 0, much);
    }
    bench.model->accept(accept, bench.listener);
    for (int i = 0; i < round; ++i) bench.wait(1ms);
    for (auto& op : ops) bench.model->cancel(op, io::Cancel::stopping);
    bench.model->cancel(accept, io::Cancel::stopping);
    ASSERT_TRUE(bench.drive([&] {
      return accept.done() && std::ranges::all_of(ops, [](auto& op) { return op.done(); });
    }));
    for (auto& op : ops) EXPECT_EQ(op.completions, 1);
    EXPECT_EQ(bench.stats.snapshot(bench.model->now()).total().in_flight, 0);
  }
  // The thread's other model is as it was.
  this->model->record_into(this->stats.add_thread());
  auto pair = this->connected();
  ASSERT_EQ(pair.peer->send(as_bytes("alive")), 5u);
  EXPECT_EQ(this->receive_all(pair.stream, 5), joined(as_bytes("alive"), {}));
}

// ---- what must stop the process ------------------------------------------------------------

// Ends quietly: some systems would start a debugger for an abort().
void exit_on_broken_invariant() {
  io::on_broken_invariant([](const char* what) noexcept {
    std::fprintf(stderr, "%s\n", what);
    std::fflush(stderr);
    std::_Exit(3);
  });
}

template <class M>
class BrokenRules : public Conformance<M> {
 protected:
  BrokenRules() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};
TYPED_TEST_SUITE(BrokenRules, Models, ModelNames);

TYPED_TEST(BrokenRules, an_operation_that_is_destroyed_while_pending_stops_the_process) {
  const auto break_it = [this] {
    exit_on_broken_invariant();
    auto pair = this->connected();
    std::array<std::byte, 8> buffer;
    typename TestFixture::Operation op;
    this->model->receive(op, pair.stream, buffer);
  };
  EXPECT_EXIT(break_it(), testing::ExitedWithCode(3), "destroyed while it was pending");
}

TYPED_TEST(BrokenRules, an_operation_that_is_started_while_pending_stops_the_process) {
  const auto break_it = [this] {
    exit_on_broken_invariant();
    auto pair = this->connected();
    std::array<std::byte, 8> buffer;
    typename TestFixture::Operation op;
    this->model->receive(op, pair.stream, buffer);
    this->model->receive(op, pair.stream, buffer);
  };
  EXPECT_EXIT(break_it(), testing::ExitedWithCode(3), "started while it was pending");
}

TYPED_TEST(BrokenRules, a_model_that_is_destroyed_with_operations_pending_stops_the_process) {
  const auto break_it = [this] {
    exit_on_broken_invariant();
    auto pair = this->connected();
    std::array<std::byte, 8> buffer;
    typename TestFixture::Operation op;
    this->model->receive(op, pair.stream, buffer);
    this->model.reset();
  };
  EXPECT_EXIT(break_it(), testing::ExitedWithCode(3), "destroyed while operations were pending");
}

}  // namespace
}  // namespace overlap::conformance
