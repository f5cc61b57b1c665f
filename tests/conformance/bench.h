// One model on the test's thread, with all that its cases do again and again.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/stats/model_stats.h"
#include "tests/conformance/bytes.h"
#include "tests/conformance/models_under_test.h"
#include "tests/conformance/probe.h"

namespace overlap::conformance {

using namespace std::chrono_literals;

// A case that takes longer has hung. Generous: machines are busy.
inline constexpr auto patience = 60s;

class Deadline {
 public:
  bool passed() const { return std::chrono::steady_clock::now() > end_; }

 private:
  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + patience;
};

// The writer of a snapshot may have been stopped amid its few instructions: let it run.
inline void give_way(unsigned round) noexcept {
  if (round < 16) {
    std::this_thread::yield();
  } else {
    std::this_thread::sleep_for(1ms);
  }
}

template <class M>
class Bench {
 public:
  using Operation = Probe<typename M::Operation>;
  using Accept = Probe<typename M::AcceptOperation>;
  using Stream = typename M::Stream;
  using File = typename M::File;

  // Both ends of an accepted connection.
  struct Pair {
    Stream stream;
    std::unique_ptr<test::Peer> peer;
  };

  Bench() { model->record_into(stats.add_thread()); }

  io::Waited wait(Instant limit = 10ms) {
    const InsideWait inside;
    return model->wait(limit);
  }

  // Waits until `done()`, calling `between()` after each wait; false if that took too long.
  template <class Done, class Between>
  bool drive(Done done, Between between) {
    const Deadline deadline;
    while (!done()) {
      if (deadline.passed()) return false;
      wait();
      between();
    }
    return true;
  }
  template <class Done>
  bool drive(Done done) {
    return drive(done, [] {});
  }
  // Waits for the completion of `op`.
  const Outcome& finish(Operation& op) {
    EXPECT_TRUE(drive([&] { return op.done(); })) << "an operation did not complete";
    return op.outcome;
  }
  // Gives whatever might wrongly come a chance to come.
  void idle_for_a_while() {
    for (int i = 0; i < 5; ++i) wait(5ms);
  }

  // A new connection, accepted. What else waits in the backlog is accepted before it and closed.
  Pair connected() {
    std::unique_ptr<test::Peer> peer = world.connect();
    const std::string expected = world.address_of(*peer);
    std::optional<Stream> stream;
    Accept op;
    op.then = [&](const Outcome& outcome) {
      if (outcome.result == Result::ok) {
        auto accepted = model->take(op);
        if (accepted.peer == expected) return stream.emplace(std::move(accepted.stream)), void();
      }
      model->accept(op, listener);
    };
    model->accept(op, listener);
    if (!drive([&] { return stream.has_value(); })) {
      ADD_FAILURE() << "a connection was not accepted";
      std::abort();
    }
    return {std::move(*stream), std::move(peer)};
  }

  File file(std::span<const std::byte> content, FileAccess access = FileAccess::read_write) {
    return model->open(world.file(content, access));
  }

  // ---- whole transfers, by as many operations as it takes ------------------------------------

  // The peer's side is read meanwhile, at most `gulp` bytes after each wait. Returns what came.
  struct Flow {
    std::vector<std::byte> received;
    bool ended = false;
    bool lost = false;
  };
  void pump(test::Peer& peer, Flow& flow, std::size_t gulp = 1 << 20) {
    std::vector<std::byte> buffer(gulp);
    const test::PeerReceived got = peer.receive(buffer);
    flow.received.insert(flow.received.end(), buffer.begin(),
                         buffer.begin() + static_cast<std::ptrdiff_t>(got.bytes));
    flow.ended = flow.ended || got.ended;
    flow.lost = flow.lost || got.lost;
  }

  void send_all(Stream& stream, std::span<const std::byte> bytes, test::Peer& peer, Flow& flow,
                std::size_t gulp = 1 << 20) {
    Operation op;
    while (!bytes.empty()) {
      op.forget();
      model->send(op, stream, bytes, {});
      ASSERT_TRUE(drive([&] { return op.done(); }, [&] { pump(peer, flow, gulp); }));
      ASSERT_EQ(op.outcome.result, Result::ok) << op.outcome.native;
      ASSERT_GT(op.outcome.bytes, 0u);
      bytes = bytes.subspan(op.outcome.bytes);
    }
  }
  // Until `count` bytes have arrived at the peer.
  void await_bytes(test::Peer& peer, Flow& flow, std::size_t count) {
    ASSERT_TRUE(drive([&] { return flow.received.size() >= count || flow.lost || flow.ended; },
                      [&] { pump(peer, flow); }));
    ASSERT_EQ(flow.received.size(), count);
  }
  // Receives until `count` bytes are there or the peer has ended.
  std::vector<std::byte> receive_all(Stream& stream, std::size_t count) {
    std::vector<std::byte> all;
    std::vector<std::byte> buffer(64 * 1024);
    Operation op;
    while (all.size() < count) {
      op.forget();
      model->receive(op, stream,
                     std::span(buffer).first(std::min(buffer.size(), count - all.size())));
      if (finish(op).result != Result::ok) break;
      all.insert(all.end(), buffer.begin(),
                 buffer.begin() + static_cast<std::ptrdiff_t>(op.outcome.bytes));
    }
    return all;
  }
  std::vector<std::byte> read_all(File& from, std::uint64_t offset, std::size_t count) {
    std::vector<std::byte> all(count);
    std::size_t done = 0;
    Operation op;
    while (done < count) {
      op.forget();
      model->read(op, from, offset + done, std::span(all).subspan(done));
      if (finish(op).result != Result::ok) break;
      done += op.outcome.bytes;
    }
    all.resize(done);
    return all;
  }
  void write_all(File& to, std::uint64_t offset, std::span<const std::byte> bytes) {
    Operation op;
    while (!bytes.empty()) {
      op.forget();
      model->write(op, to, offset, bytes);
      ASSERT_EQ(finish(op).result, Result::ok) << op.outcome.native;
      ASSERT_GT(op.outcome.bytes, 0u);
      offset += op.outcome.bytes;
      bytes = bytes.subspan(op.outcome.bytes);
    }
  }

  World<M> world;
  stats::ModelStats stats{M::name, M::shared, &give_way};
  std::unique_ptr<M> model = world.make_model();
  typename M::Listener listener = world.listen(*model);
};

}  // namespace overlap::conformance
