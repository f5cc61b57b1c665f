// Accepting: who came, many at once, and peers that do not stay.
#include <gmock/gmock.h>

#include <set>

#include "tests/conformance/conformance.h"

namespace overlap::conformance {
namespace {

template <class M>
class Accepts : public Conformance<M> {};
TYPED_TEST_SUITE(Accepts, Models, ModelNames);

TYPED_TEST(Accepts, a_pending_accept_hears_of_a_later_connection_and_names_its_peer) {
  typename TestFixture::Accept op;
  std::string name;
  op.then = [&](const Outcome& outcome) {
    ASSERT_EQ(outcome.result, Result::ok);
    name = this->model->take(op).peer;
  };
  this->model->accept(op, this->listener);
  this->idle_for_a_while();
  ASSERT_EQ(op.completions, 0);
  const auto peer = this->world.connect();
  ASSERT_TRUE(this->drive([&] { return op.done(); }));
  EXPECT_EQ(name, this->world.address_of(*peer));
}

TYPED_TEST(Accepts, every_connection_that_waits_is_accepted_and_is_its_own) {
  constexpr std::size_t count = 50;
  std::vector<std::unique_ptr<test::Peer>> peers;
  std::vector<typename TestFixture::Stream> streams;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    peers.push_back(this->world.connect());
    ASSERT_EQ(peers.back()->send(std::array{static_cast<std::byte>(i)}), 1u);
  }
  typename TestFixture::Accept op;
  op.then = [&](const Outcome& outcome) {
    ASSERT_EQ(outcome.result, Result::ok);
    auto accepted = this->model->take(op);
    streams.push_back(std::move(accepted.stream));
    names.push_back(std::move(accepted.peer));
    if (streams.size() < count) this->model->accept(op, this->listener);
  };
  this->model->accept(op, this->listener);
  ASSERT_TRUE(this->drive([&] { return streams.size() == count; }));
  std::set<std::size_t> seen;
  for (std::size_t i = 0; i < count; ++i) {
    const auto got = this->receive_all(streams[i], 1);
    ASSERT_EQ(got.size(), 1u);
    const auto number = static_cast<std::size_t>(got[0]);
    ASSERT_LT(number, count);
    EXPECT_EQ(names[i], this->world.address_of(*peers[number]));
    seen.insert(number);
  }
  EXPECT_EQ(seen.size(), count);
}

TYPED_TEST(Accepts, as_many_accepts_as_the_model_allows_are_outstanding_at_once) {
  std::deque<typename TestFixture::Accept> ops(TypeParam::accepts);
  std::vector<typename TestFixture::Stream> streams;
  for (auto& op : ops) {
    op.then = [&](const Outcome& outcome) {
      ASSERT_EQ(outcome.result, Result::ok);
      streams.push_back(this->model->take(op).stream);
    };
    this->model->accept(op, this->listener);
  }
  std::vector<std::unique_ptr<test::Peer>> peers;
  for (std::size_t i = 0; i < ops.size(); ++i) peers.push_back(this->world.connect());
  ASSERT_TRUE(
      this->drive([&] { return std::ranges::all_of(ops, [](auto& op) { return op.done(); }); }));
  EXPECT_EQ(streams.size(), TypeParam::accepts);
}

TYPED_TEST(Accepts, a_peer_that_is_gone_before_its_accept_does_no_harm) {
  for (int round = 0; round < 20; ++round) {
    this->world.connect()->reset();
    typename TestFixture::Accept op;
    std::optional<typename TestFixture::Stream> stream;
    op.then = [&](const Outcome& outcome) {
      if (outcome.result == Result::ok) stream.emplace(this->model->take(op).stream);
    };
    this->model->accept(op, this->listener);
    // Whether the accept fails, brings a connection that is lost already, or never hears of it, is
    // the system's affair.
    this->idle_for_a_while();
    if (!op.done()) this->model->cancel(op, io::Cancel::stopping);
    ASSERT_TRUE(this->drive([&] { return op.done(); }));
    if (stream) {
      std::array<std::byte, 8> buffer;
      typename TestFixture::Operation receive;
      this->model->receive(receive, *stream, buffer);
      EXPECT_THAT(this->finish(receive).result, testing::AnyOf(Result::error, Result::eof));
    }
  }
  auto pair = this->connected();
  ASSERT_EQ(pair.peer->send(as_bytes("next")), 4u);
  EXPECT_EQ(this->receive_all(pair.stream, 4), joined(as_bytes("next"), {}));
}

TYPED_TEST(Accepts, a_connection_that_nobody_takes_is_closed_with_its_operation) {
  const auto peer = this->world.connect();
  {
    typename TestFixture::Accept op;
    this->model->accept(op, this->listener);
    ASSERT_TRUE(this->drive([&] { return op.done(); }));
    ASSERT_EQ(op.outcome.result, Result::ok);
  }
  typename TestFixture::Flow flow;
  EXPECT_TRUE(
      this->drive([&] { return flow.ended || flow.lost; }, [&] { this->pump(*peer, flow); }));
}

TYPED_TEST(Accepts, accepting_and_transferring_go_on_together) {
  auto pair = this->connected();
  typename TestFixture::Accept op;
  this->model->accept(op, this->listener);
  typename TestFixture::Flow flow;
  const auto sent = pattern(1 << 20);
  this->send_all(pair.stream, sent, *pair.peer, flow);
  this->await_bytes(*pair.peer, flow, sent.size());
  EXPECT_EQ(op.completions, 0);
  const auto peer = this->world.connect();
  ASSERT_TRUE(this->drive([&] { return op.done(); }));
}

TYPED_TEST(Accepts, a_listener_that_was_released_and_opened_again_goes_on_accepting) {
  this->connected();
  auto native = this->model->release(std::move(this->listener));
  if (!native) {
    EXPECT_ANY_THROW(this->world.connect()) << "it came back closed, and must not take anybody in";
    GTEST_SKIP() << "this system cannot take a listening socket out of the model";
  }
  const auto between = this->world.connect();
  this->listener = this->model->open(std::move(*native));
  typename TestFixture::Accept op;
  std::string name;
  op.then = [&](const Outcome& outcome) {
    ASSERT_EQ(outcome.result, Result::ok);
    name = this->model->take(op).peer;
  };
  this->model->accept(op, this->listener);
  ASSERT_TRUE(this->drive([&] { return op.done(); }));
  EXPECT_EQ(name, this->world.address_of(*between));
}

}  // namespace
}  // namespace overlap::conformance
