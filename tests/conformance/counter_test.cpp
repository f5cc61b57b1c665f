// Line 8 of the contract: submitted = completed + in flight, for every kind, in every snapshot.
#include <atomic>

#include "tests/conformance/conformance.h"

namespace overlap::conformance {
namespace {

template <class M>
class Counters : public Conformance<M> {
 protected:
  using Base = Conformance<M>;
  // A snapshot in which the identity holds and `pending` operations of this kind are in flight.
  stats::OperationCounts expect_pending(OperationKind kind, std::int64_t pending) {
    const stats::ModelSnapshot snapshot = this->stats.snapshot(this->model->now());
    EXPECT_TRUE(snapshot.readable);
    EXPECT_TRUE(snapshot.consistent());
    const stats::OperationCounts& counts = snapshot.operations[index(kind)];
    EXPECT_EQ(counts.in_flight, pending) << name_of(kind);
    EXPECT_EQ(counts.submitted, counts.completed() + counts.in_flight) << name_of(kind);
    EXPECT_LE(counts.immediate, counts.submitted) << name_of(kind);
    return counts;
  }
  std::int64_t completed(OperationKind kind, Result result) {
    const auto snapshot = this->stats.snapshot(this->model->now());
    return snapshot.operations[index(kind)].completed_by[index(result)];
  }
};
TYPED_TEST_SUITE(Counters, Models, ModelNames);

TYPED_TEST(Counters, each_submission_is_in_flight_until_its_handler_has_run) {
  constexpr int count = 20;
  std::vector<typename TestFixture::Pair> pairs;
  for (int i = 0; i < count; ++i) pairs.push_back(this->connected());
  EXPECT_EQ(this->expect_pending(OperationKind::accept, 0).submitted, count);
  std::deque<typename TestFixture::Operation> ops(count);
  std::vector<std::array<std::byte, 8>> buffers(count);
  for (std::size_t i = 0; i < count; ++i) {
    this->model->receive(ops[i], pairs[i].stream, buffers[i]);
    this->expect_pending(OperationKind::receive, static_cast<std::int64_t>(i) + 1);
  }
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(pairs[i].peer->send(as_bytes("#")), 1u);
    this->finish(ops[i]);
    this->expect_pending(OperationKind::receive, static_cast<std::int64_t>(count - i) - 1);
  }
  const auto counts = this->expect_pending(OperationKind::receive, 0);
  EXPECT_EQ(counts.submitted, count);
  EXPECT_EQ(counts.bytes, count);
  EXPECT_GE(this->stats.snapshot(this->model->now()).peak, count);
}

TYPED_TEST(Counters, an_operation_that_is_ready_is_still_in_flight) {
  auto pair = this->connected();
  auto file = this->file(pattern(10), FileAccess::write_only);
  std::array<std::byte, 8> buffer;
  typename TestFixture::Operation op;
  this->model->read(op, file, 0, buffer);  // refused, and not delivered yet
  const auto counts = this->expect_pending(OperationKind::read, 1);
  EXPECT_EQ(counts.completed(), 0);
  this->finish(op);
  EXPECT_EQ(this->expect_pending(OperationKind::read, 0).ready, 0);
}

TYPED_TEST(Counters, every_kind_and_every_result_is_counted_once) {
  auto pair = this->connected();
  auto file = this->file(pattern(100));
  auto writable = this->file(pattern(10), FileAccess::write_only);
  std::array<std::byte, 8> buffer;
  typename TestFixture::Operation op;
  const auto run = [&](auto start, OperationKind kind, Result expected) {
    const auto before = this->completed(kind, expected);
    op.forget();
    start();
    this->expect_pending(kind, 1);
    ASSERT_EQ(this->finish(op).result, expected) << name_of(kind);
    EXPECT_EQ(this->completed(kind, expected), before + 1) << name_of(kind);
    this->expect_pending(kind, 0);
  };
  ASSERT_EQ(pair.peer->send(as_bytes("r")), 1u);
  run([&] { this->model->receive(op, pair.stream, buffer); }, OperationKind::receive, Result::ok);
  run([&] { this->model->send(op, pair.stream, as_bytes("s"), {}); }, OperationKind::send,
      Result::ok);
  run([&] { this->model->send_file(op, pair.stream, {}, file, 0, 1); }, OperationKind::send_file,
      Result::ok);
  run([&] { this->model->write(op, file, 0, as_bytes("w")); }, OperationKind::write, Result::ok);
  run([&] { this->model->read(op, file, 0, std::span(buffer).first(1)); }, OperationKind::read,
      Result::ok);
  run([&] { this->model->read(op, file, 100, buffer); }, OperationKind::read, Result::eof);
  run([&] { this->model->read(op, writable, 0, buffer); }, OperationKind::read, Result::error);
  run(
      [&] {
        this->model->receive(op, pair.stream, buffer);
        this->model->cancel(op, io::Cancel::stopping);
      },
      OperationKind::receive, Result::cancelled);
  run(
      [&] {
        this->model->receive(op, pair.stream, buffer);
        this->model->cancel(op, io::Cancel::deadline);
      },
      OperationKind::receive, Result::timeout);
  pair.peer->shutdown_send();
  run([&] { this->model->receive(op, pair.stream, buffer); }, OperationKind::receive, Result::eof);
  const auto snapshot = this->stats.snapshot(this->model->now());
  EXPECT_EQ(snapshot.operations[index(OperationKind::send)].bytes, 1);
  EXPECT_EQ(snapshot.operations[index(OperationKind::send_file)].bytes, 1);
  EXPECT_EQ(snapshot.operations[index(OperationKind::write)].bytes, 1);
  EXPECT_EQ(snapshot.operations[index(OperationKind::read)].bytes, 1);
  EXPECT_EQ(snapshot.latency[index(OperationKind::receive)].count(), 4u);
  EXPECT_EQ(snapshot.total().in_flight, 0);
}

TYPED_TEST(Counters, waits_are_counted_by_what_ended_them) {
  const auto waits = [&](stats::WaitReason reason) {
    return this->stats.snapshot(this->model->now()).waits[static_cast<std::size_t>(reason)];
  };
  auto pair = this->connected();
  const auto before = waits(stats::WaitReason::io);
  std::array<std::byte, 8> buffer;
  typename TestFixture::Operation op;
  this->model->receive(op, pair.stream, buffer);
  this->idle_for_a_while();
  ASSERT_EQ(pair.peer->send(as_bytes("#")), 1u);
  this->finish(op);
  const auto io = waits(stats::WaitReason::io);
  EXPECT_EQ(io, before + 1);
  const auto timeouts = waits(stats::WaitReason::timeout);
  while (this->wait(1ms).posted > 0) {
  }
  EXPECT_EQ(waits(stats::WaitReason::timeout), timeouts + 1);
  const auto wakes = waits(stats::WaitReason::wake);
  this->model->wake();
  this->wait(1s);
  EXPECT_EQ(waits(stats::WaitReason::wake), wakes + 1);
  EXPECT_EQ(waits(stats::WaitReason::io), io);
}

TYPED_TEST(Counters, the_identity_holds_in_every_snapshot_taken_during_load) {
  auto file = this->file(pattern(1000));
  std::atomic<bool> running{true};
  std::atomic<int> snapshots{0}, broken{0}, unreadable{0};
  const Instant at = this->model->now();  // the clock of a model may belong to its thread
  std::thread reader([&] {
    while (running.load(std::memory_order_relaxed)) {
      const auto snapshot = this->stats.snapshot(at);
      if (!snapshot.readable) {
        ++unreadable;
      } else if (!snapshot.consistent()) {
        ++broken;
      }
      ++snapshots;
    }
  });
  std::array<std::byte, 16> buffer;
  typename TestFixture::Operation op;
  op.then = [&](const Outcome&) {
    if (running) this->model->read(op, file, 10, buffer);
  };
  this->model->read(op, file, 10, buffer);
  EXPECT_TRUE(this->drive([&] { return op.completions > 2000 && snapshots > 200; }));
  running = false;
  reader.join();
  EXPECT_TRUE(this->drive([&] { return !op.pending(); }));
  EXPECT_EQ(broken, 0) << "of " << snapshots;
  EXPECT_EQ(unreadable, 0) << "of " << snapshots;
}

}  // namespace
}  // namespace overlap::conformance
