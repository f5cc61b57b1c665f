// The simulated model itself: what the other cases and the simulation rely on.
#include "tests/conformance/conformance.h"

namespace overlap::conformance {
namespace {

struct SimRun {
  explicit SimRun(std::uint64_t seed, sim::Faults faults) : model(sim::Settings{seed, faults}) {
    model.record_into(stats.add_thread());
  }
  stats::ModelStats stats{"sim", false};
  sim::SimModel model;
  sim::Listener listener{std::make_shared<sim::Port>()};
};

// What a small run of everything looked like, in full.
std::string trace(std::uint64_t seed, sim::Faults faults) {
  SimRun run(seed, faults);
  std::string text;
  std::deque<Probe<sim::AcceptOperation>> accepts(1);
  std::deque<Probe<sim::Operation>> ops(12);
  std::vector<sim::Stream> streams;
  std::vector<std::unique_ptr<sim::Peer>> peers;
  std::vector<sim::File> files;
  const auto note = [&](std::size_t i) {
    return [&, i](const Outcome& o) {
      text += std::to_string(i) + ":" + std::string(name_of(o.result)) + ":" +
              std::to_string(o.bytes) + "@" + std::to_string(run.model.now().count()) + " ";
    };
  };
  const InsideWait inside;
  while (streams.size() < 6) {
    accepts[0].forget();
    peers.push_back(run.listener.port->connect());
    run.model.accept(accepts[0], run.listener);
    while (!accepts[0].done()) run.model.wait(10ms);
    if (accepts[0].outcome.result == Result::ok)
      streams.push_back(run.model.take(accepts[0]).stream);
  }
  const auto content = pattern(1000);
  for (std::size_t i = 0; i < 6; ++i) {
    auto file = std::make_shared<sim::FileContent>();
    file->write(0, content);
    files.push_back(run.model.open(sim::NativeFile{file}));
  }
  std::vector<std::vector<std::byte>> buffers(12, std::vector<std::byte>(100));
  for (int round = 0; round < 20; ++round) {
    for (auto& peer : peers) peer->send(as_bytes("hello"));
    for (std::size_t i = 0; i < 6; ++i) {
      ops[i].then = note(i);
      ops[i + 6].then = note(i + 6);
      run.model.receive(ops[i], streams[i], buffers[i]);
      run.model.read(ops[i + 6], files[i], 10, buffers[i + 6]);
    }
    for (int i = 0; i < 5; ++i) run.model.wait(20ms);
    for (auto& op : ops) run.model.cancel(op, io::Cancel::stopping);
    while (run.model.in_flight() > 0) run.model.wait(20ms);
    run.model.wait(Instant::zero());
  }
  return text;
}

TEST(Sim, a_seed_reproduces_a_run_exactly) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    EXPECT_EQ(trace(seed, sim::Faults::rough()), trace(seed, sim::Faults::rough()));
}

TEST(Sim, seeds_differ) {
  EXPECT_NE(trace(1, sim::Faults::rough()), trace(2, sim::Faults::rough()));
}

TEST(Sim, every_fault_happens) {
  std::string all;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) all += trace(seed, sim::Faults::rough());
  for (const std::string_view result : result_names) {
    if (result == "timeout" || result == "eof") continue;  // nothing in the trace asks for them
    EXPECT_NE(all.find(result), std::string::npos) << result;
  }
  EXPECT_NE(all.find(":ok:1@"), std::string::npos) << "no short transfer";
  EXPECT_NE(all.find(":ok:100@"), std::string::npos) << "no whole transfer";
}

TEST(Sim, without_faults_everything_succeeds_in_the_next_wait) {
  SimRun run(1, sim::Faults{});
  auto peer = run.listener.port->connect();
  Probe<sim::AcceptOperation> accept;
  run.model.accept(accept, run.listener);
  const InsideWait inside;
  EXPECT_EQ(run.model.wait(never).delivered, 1u);
  auto stream = run.model.take(accept).stream;
  Probe<sim::Operation> op;
  std::array<std::byte, 8> buffer;
  peer->send(as_bytes("x"));
  run.model.receive(op, stream, buffer);
  EXPECT_EQ(run.model.wait(never).delivered, 1u);
  EXPECT_EQ(op.outcome.bytes, 1u);
}

TEST(Sim, time_moves_to_what_is_due_and_no_further_than_the_limit) {
  sim::Faults faults;
  faults.delayed = 1000;
  faults.delay_max = 1s;
  SimRun run(1, faults);
  auto file = run.model.open(sim::NativeFile{std::make_shared<sim::FileContent>()});
  Probe<sim::Operation> op;
  const InsideWait inside;
  const Instant start = run.model.now();
  run.model.wait(5ms);
  EXPECT_EQ(run.model.now() - start, 5ms);
  run.model.write(op, file, 0, as_bytes("x"));
  while (!op.done()) run.model.wait(1ms);
  EXPECT_GT(run.model.now() - start, 6ms);
  EXPECT_LT(run.model.now() - start, 1100ms);
}

TEST(Sim, files_are_sparse_and_grow) {
  sim::FileContent file;
  EXPECT_EQ(file.size(), 0u);
  file.write((1ull << 33) + 5, as_bytes("end"));
  EXPECT_EQ(file.size(), (1ull << 33) + 8);
  std::array<std::byte, 10> buffer;
  EXPECT_EQ(file.read((1ull << 33), buffer), 8u);
  EXPECT_EQ(buffer[4], std::byte{0});
  EXPECT_EQ(buffer[5], std::byte{'e'});
  EXPECT_EQ(file.read((1ull << 33) + 8, buffer), 0u);
  file.resize(3);
  EXPECT_EQ(file.size(), 3u);
  file.resize((1ull << 33) + 8);
  EXPECT_EQ(file.read((1ull << 33) + 5, buffer), 3u);
  EXPECT_EQ(buffer[0], std::byte{0}) << "what was cut off came back";
}

TEST(Sim, pipes_hold_what_they_can_and_keep_the_order) {
  sim::Pipe pipe(10);
  const auto bytes = pattern(100);
  std::vector<std::byte> got;
  std::array<std::byte, 7> buffer;
  for (std::size_t put = 0; got.size() < bytes.size();) {
    put += pipe.put(std::span(bytes).subspan(put));
    EXPECT_LE(pipe.held(), 10u);
    const std::size_t taken = pipe.take(buffer);
    got.insert(got.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(taken));
  }
  EXPECT_EQ(got, bytes);
  pipe.put(as_bytes("x"));
  pipe.end();
  EXPECT_EQ(pipe.put(as_bytes("y")), 0u);
  EXPECT_FALSE(pipe.drained());
  EXPECT_EQ(pipe.take(buffer), 1u);
  EXPECT_TRUE(pipe.drained());
}

TEST(Sim, closing_with_unread_bytes_resets_the_connection) {
  SimRun run(1, sim::Faults{});
  auto peer = run.listener.port->connect();
  Probe<sim::AcceptOperation> accept;
  const InsideWait inside;
  run.model.accept(accept, run.listener);
  run.model.wait(never);
  std::optional<sim::Stream> stream(run.model.take(accept).stream);
  peer->send(as_bytes("unread"));
  stream.reset();
  std::array<std::byte, 8> buffer;
  EXPECT_TRUE(peer->receive(buffer).lost);
}

// ---- the fake watches its user -------------------------------------------------------------

#ifndef _WIN32  // what it finds is the same on every system, and a process is cheap here
template <class Break>
void expect_death(Break break_it, const char* message) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SimRun run(1, sim::Faults{});
        auto peer = run.listener.port->connect();
        Probe<sim::AcceptOperation> accept;
        const InsideWait inside;
        run.model.accept(accept, run.listener);
        run.model.wait(never);
        std::optional<sim::Stream> stream(run.model.take(accept).stream);
        break_it(run, stream);
      },
      message);
}

TEST(SimDeathTest, two_operations_on_one_handle) {
  expect_death(
      [](SimRun& run, std::optional<sim::Stream>& stream) {
        Probe<sim::Operation> a, b;
        std::array<std::byte, 8> buffer;
        run.model.receive(a, *stream, buffer);
        run.model.send(b, *stream, as_bytes("x"), {});
      },
      "two operations were outstanding on one handle");
}

TEST(SimDeathTest, a_handle_closed_under_its_operation) {
  expect_death(
      [](SimRun& run, std::optional<sim::Stream>& stream) {
        Probe<sim::Operation> op;
        std::array<std::byte, 8> buffer;
        run.model.receive(op, *stream, buffer);
        stream.reset();
      },
      "a handle was closed while an operation was pending");
}

TEST(SimDeathTest, a_lent_buffer_that_is_changed) {
  expect_death(
      [](SimRun& run, std::optional<sim::Stream>& stream) {
        Probe<sim::Operation> op;
        std::array<std::byte, 8> bytes{};
        run.model.send(op, *stream, bytes, {});
        bytes[3] = std::byte{1};
        run.model.wait(never);
      },
      "a buffer was changed while a send or write was pending");
}

TEST(SimDeathTest, a_lent_buffer_that_is_filled) {
  expect_death(
      [](SimRun& run, std::optional<sim::Stream>& stream) {
        Probe<sim::Operation> op;
        std::vector<std::byte> bytes(8);
        run.model.receive(op, *stream, bytes);
        bytes[3] = std::byte{1};
        run.model.cancel(op, io::Cancel::stopping);
        run.model.wait(never);
      },
      "use-after-poison|a buffer was written while a receive or read was pending");
}

TEST(SimDeathTest, a_thread_that_does_not_own_the_model) {
  expect_death(
      [](SimRun& run, std::optional<sim::Stream>&) {
        std::thread([&] { run.model.wait(Instant::zero()); }).join();
      },
      "a thread that does not own it");
}
#endif

}  // namespace
}  // namespace overlap::conformance
