// How many operations a model takes at once: at its bound, and one past it.
#include "tests/conformance/conformance.h"

namespace overlap::conformance {
namespace {

template <class M>
class Slots : public Conformance<M> {
 protected:
  static constexpr bool bounded = M::operations_max != SIZE_MAX;
};
TYPED_TEST_SUITE(Slots, Models, ModelNames);

TYPED_TEST(Slots, takes_63_64_and_65_operations_or_refuses_those_past_its_bound) {
  std::vector<typename TestFixture::Pair> pairs;
  for (int i = 0; i < 65; ++i) pairs.push_back(this->connected());
  for (const std::size_t count : {std::size_t{63}, std::size_t{64}, std::size_t{65}}) {
    SCOPED_TRACE(count);
    std::deque<typename TestFixture::Operation> ops(count);
    std::vector<std::array<std::byte, 8>> buffers(count);
    for (std::size_t i = 0; i < count; ++i) {
      this->model->receive(ops[i], pairs[i].stream, buffers[i]);
      EXPECT_EQ(ops[i].completions, 0) << "a refusal was delivered by the start call";
      EXPECT_TRUE(ops[i].pending());
    }
    const std::size_t taken = std::min(count, TypeParam::operations_max);
    if (this->bounded) {
      EXPECT_EQ(this->model->wait_slots().used, taken);
      EXPECT_EQ(this->model->wait_slots().limit, TypeParam::operations_max);
    } else {
      EXPECT_EQ(this->model->wait_slots().limit, 0u);
    }
    for (std::size_t i = taken; i < count; ++i)
      EXPECT_EQ(this->finish(ops[i]).result, Result::error);
    this->idle_for_a_while();
    for (std::size_t i = 0; i < taken; ++i) EXPECT_EQ(ops[i].completions, 0) << "operation " << i;
    // From the highest slot down, so that each completion leaves a hole to be filled.
    for (std::size_t i = taken; i-- > 0;) {
      ASSERT_EQ(pairs[i].peer->send(as_bytes("*")), 1u);
      EXPECT_EQ(this->finish(ops[i]).result, Result::ok) << "operation " << i;
    }
    if (this->bounded) {
      EXPECT_EQ(this->model->wait_slots().used, 0u);
    }
    for (const auto& op : ops) EXPECT_EQ(op.completions, 1);
  }
}

TYPED_TEST(Slots, every_slot_serves_again_and_again) {
  constexpr std::size_t count = 63;
  std::vector<typename TestFixture::Pair> pairs;
  for (std::size_t i = 0; i < count; ++i) pairs.push_back(this->connected());
  std::deque<typename TestFixture::Operation> ops(count);
  std::vector<std::array<std::byte, 1>> buffers(count);
  std::vector<int> rounds(count, 0);
  for (std::size_t i = 0; i < count; ++i) {
    ops[i].then = [&, i](const Outcome& outcome) {
      ASSERT_EQ(outcome.result, Result::ok);
      ASSERT_EQ(buffers[i][0], static_cast<std::byte>(i)) << "a completion of another connection";
      if (++rounds[i] < 10) this->model->receive(ops[i], pairs[i].stream, buffers[i]);
    };
    this->model->receive(ops[i], pairs[i].stream, buffers[i]);
  }
  sim::Random random(3);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < count; ++i) order.insert(order.end(), 10, i);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  for (const std::size_t i : order) {
    ASSERT_EQ(pairs[i].peer->send(std::array{static_cast<std::byte>(i)}), 1u);
    this->wait(Instant::zero());
  }
  ASSERT_TRUE(
      this->drive([&] { return std::ranges::all_of(rounds, [](int n) { return n == 10; }); }));
}

TYPED_TEST(Slots, cancelled_operations_give_their_slots_back) {
  std::vector<typename TestFixture::Pair> pairs;
  for (int i = 0; i < 63; ++i) pairs.push_back(this->connected());
  std::vector<std::array<std::byte, 8>> buffers(pairs.size());
  for (int round = 0; round < 3; ++round) {
    std::deque<typename TestFixture::Operation> ops(pairs.size());
    for (std::size_t i = 0; i < ops.size(); ++i)
      this->model->receive(ops[i], pairs[i].stream, buffers[i]);
    for (auto& op : ops) this->model->cancel(op, io::Cancel::stopping);
    for (auto& op : ops) ASSERT_EQ(this->finish(op).result, Result::cancelled);
  }
  if (this->bounded) {
    EXPECT_EQ(this->model->wait_slots().used, 0u);
  }
}

}  // namespace
}  // namespace overlap::conformance
