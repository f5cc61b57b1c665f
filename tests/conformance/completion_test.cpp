// Lines 1 to 3 of the contract: nothing fails or completes in the start call, everything completes
// once, inside wait(), on a thread of the model.
#include "tests/conformance/conformance.h"

namespace overlap::conformance {
namespace {

template <class M>
class Completions : public Conformance<M> {
 protected:
  // The start call has returned: nothing may have come, and exactly one error must come.
  template <class Op>
  void expect_refusal(Op& op) {
    EXPECT_EQ(op.completions, 0) << "a refusal was delivered by the start call";
    EXPECT_TRUE(op.pending());
    ASSERT_TRUE(this->drive([&] { return op.done(); }));
    EXPECT_EQ(op.outcome.result, Result::error);
    EXPECT_NE(op.outcome.native, 0u);
    EXPECT_EQ(op.outcome.bytes, 0u);
    EXPECT_FALSE(op.pending());
    this->idle_for_a_while();
    EXPECT_EQ(op.completions, 1);
  }
};
TYPED_TEST_SUITE(Completions, Models, ModelNames);

TYPED_TEST(Completions, stream_operations_on_a_stream_that_is_gone_are_refused_through_wait) {
  auto pair = this->connected();
  auto file = this->file(pattern(10));
  const auto taken_away = std::move(pair.stream);
  std::vector<std::byte> buffer(16);
  typename TestFixture::Operation receive, send, send_file;
  this->model->receive(receive, pair.stream, buffer);
  this->expect_refusal(receive);
  this->model->send(send, pair.stream, buffer, buffer);
  this->expect_refusal(send);
  this->model->send_file(send_file, pair.stream, {}, file, 0, 10);
  this->expect_refusal(send_file);
}

TYPED_TEST(Completions, file_operations_on_a_file_that_is_gone_are_refused_through_wait) {
  auto pair = this->connected();
  auto file = this->file(pattern(10));
  const auto taken_away = std::move(file);
  std::vector<std::byte> buffer(16);
  typename TestFixture::Operation read, write, send_file;
  this->model->read(read, file, 0, buffer);
  this->expect_refusal(read);
  this->model->write(write, file, 0, buffer);
  this->expect_refusal(write);
  // TransmitFile without a file sends nothing but its head; that is not worth a check on the data
  // path, but it must complete once and the connection must live on.
  this->model->send_file(send_file, pair.stream, {}, file, 0, 10);
  EXPECT_EQ(send_file.completions, 0);
  this->finish(send_file);
  EXPECT_EQ(send_file.outcome.bytes, 0u);
}

TYPED_TEST(Completions, an_accept_on_a_listener_that_is_gone_is_refused_through_wait) {
  const auto taken_away = std::move(this->listener);
  typename TestFixture::Accept accept;
  this->model->accept(accept, this->listener);
  this->expect_refusal(accept);
}

TYPED_TEST(Completions, an_operation_that_the_file_was_not_opened_for_is_refused_through_wait) {
  auto readable = this->file(pattern(10), FileAccess::read_only);
  auto writable = this->file(pattern(10), FileAccess::write_only);
  std::vector<std::byte> buffer(16);
  typename TestFixture::Operation read, write;
  this->model->read(read, writable, 0, buffer);
  this->expect_refusal(read);
  this->model->write(write, readable, 0, buffer);
  this->expect_refusal(write);
}

TYPED_TEST(Completions, a_refused_operation_does_not_harm_the_next_one) {
  auto pair = this->connected();
  auto writable = this->file(pattern(10), FileAccess::write_only);
  std::vector<std::byte> buffer(16);
  typename TestFixture::Operation op;
  for (int round = 0; round < 200; ++round) {  // more rounds than a wait has slots
    op.forget();
    this->model->read(op, writable, 0, buffer);
    ASSERT_EQ(this->finish(op).result, Result::error) << "round " << round;
  }
  ASSERT_EQ(pair.peer->send(as_bytes("after")), 5u);
  EXPECT_EQ(this->receive_all(pair.stream, 5), joined(as_bytes("after"), {}));
}

TYPED_TEST(Completions, what_could_complete_at_once_still_completes_inside_wait) {
  auto pair = this->connected();
  auto file = this->file(pattern(100));
  ASSERT_EQ(pair.peer->send(as_bytes("here")), 4u);
  std::vector<std::byte> received(16), read(16);
  typename TestFixture::Operation receiving, reading;
  this->model->receive(receiving, pair.stream, received);
  this->model->read(reading, file, 0, read);
  EXPECT_EQ(receiving.completions, 0);
  EXPECT_EQ(reading.completions, 0);
  EXPECT_TRUE(receiving.pending());
  EXPECT_TRUE(reading.pending());
  this->finish(receiving);
  this->finish(reading);
}

TYPED_TEST(Completions, each_operation_completes_exactly_once) {
  auto pair = this->connected();
  auto file = this->file(pattern(100));
  std::vector<std::byte> buffer(16), read(16);
  typename TestFixture::Operation receive, reading, send;
  this->model->receive(receive, pair.stream, buffer);
  ASSERT_EQ(pair.peer->send(as_bytes("one")), 3u);
  this->finish(receive);
  this->model->send(send, pair.stream, as_bytes("two"), as_bytes("three"));
  this->finish(send);
  this->model->read(reading, file, 0, read);
  this->finish(reading);
  this->idle_for_a_while();
  EXPECT_EQ(receive.completions, 1);
  EXPECT_EQ(send.completions, 1);
  EXPECT_EQ(reading.completions, 1);
}

TYPED_TEST(Completions, completions_run_on_the_thread_that_waits) {
  auto pair = this->connected();
  std::vector<std::byte> buffer(16);
  typename TestFixture::Operation op;
  this->model->receive(op, pair.stream, buffer);
  ASSERT_EQ(pair.peer->send(as_bytes("x")), 1u);
  this->finish(op);
  EXPECT_EQ(op.completed_on, std::this_thread::get_id());
}

TYPED_TEST(Completions, nothing_comes_while_nobody_waits) {
  auto pair = this->connected();
  std::vector<std::byte> buffer(16);
  typename TestFixture::Operation op;
  this->model->receive(op, pair.stream, buffer);
  ASSERT_EQ(pair.peer->send(as_bytes("x")), 1u);
  // Other models of the process may run meanwhile; this one delivers only to its own thread.
  std::this_thread::yield();
  EXPECT_EQ(op.completions, 0);
  EXPECT_TRUE(op.pending());
  this->finish(op);
}

TYPED_TEST(Completions, a_handler_may_start_its_operation_again) {
  auto pair = this->connected();
  const auto sent = pattern(50);
  std::vector<std::byte> got;
  std::vector<std::byte> one(1);
  typename TestFixture::Operation op;
  op.then = [&](const Outcome& outcome) {
    ASSERT_EQ(outcome.result, Result::ok);
    got.push_back(one[0]);
    if (got.size() < sent.size()) this->model->receive(op, pair.stream, one);
  };
  this->model->receive(op, pair.stream, one);
  ASSERT_EQ(pair.peer->send(sent), sent.size());
  ASSERT_TRUE(this->drive([&] { return got.size() == sent.size(); }));
  EXPECT_EQ(got, sent);
  EXPECT_EQ(op.completions, static_cast<int>(sent.size()));
}

TYPED_TEST(Completions, a_handler_may_change_the_kind_of_its_operation) {
  auto pair = this->connected();
  auto file = this->file({});
  std::vector<std::byte> buffer(8);
  typename TestFixture::Operation op;
  int step = 0;
  op.then = [&](const Outcome& outcome) {
    ASSERT_EQ(outcome.result, Result::ok);
    const auto bytes = std::span<const std::byte>(buffer).first(1);
    switch (++step) {
      case 1: return this->model->write(op, file, 0, bytes);
      case 2: return this->model->read(op, file, 0, std::span(buffer).first(1));
      case 3: return this->model->send(op, pair.stream, bytes, {});
      case 4: return this->model->send_file(op, pair.stream, {}, file, 0, 1);
      default: return;
    }
  };
  this->model->receive(op, pair.stream, std::span(buffer).first(1));
  ASSERT_EQ(pair.peer->send(as_bytes("k")), 1u);
  ASSERT_TRUE(this->drive([&] { return step == 5; }));
  typename TestFixture::Flow flow;
  this->await_bytes(*pair.peer, flow, 2);
  EXPECT_EQ(flow.received, joined(as_bytes("kk"), {}));
}

TYPED_TEST(Completions, a_handler_may_destroy_its_operation_and_close_its_handle) {
  auto pair = this->connected();
  auto stream = std::make_unique<typename TestFixture::Stream>(std::move(pair.stream));
  std::vector<std::byte> buffer(8);
  auto op = std::make_unique<typename TestFixture::Operation>();
  bool ran = false;
  op->then = [&](const Outcome&) {
    // The function dies with its operation: what is needed afterwards is taken out of it first.
    auto& done = ran;
    auto& closing = stream;
    op.reset();
    closing.reset();
    done = true;
  };
  this->model->receive(*op, *stream, buffer);
  ASSERT_EQ(pair.peer->send(as_bytes("bye")), 3u);
  ASSERT_TRUE(this->drive([&] { return ran; }));
  typename TestFixture::Flow flow;
  ASSERT_TRUE(
      this->drive([&] { return flow.ended || flow.lost; }, [&] { this->pump(*pair.peer, flow); }));
}

}  // namespace
}  // namespace overlap::conformance
