// 300 and 1000 connections at once: as many models as their bound asks for, each on its own
// thread; one model on several threads where the model is shared; all on one thread in the
// simulation.
#include <atomic>
#include <future>

#include "tests/conformance/conformance.h"

namespace overlap::conformance {
namespace {

template <class M>
class Station;

// Receives, sends back, and so on until the peer ends.
template <class M>
class Echo : public io::Posted {
 public:
  Echo(Station<M>& station, typename M::Stream stream)
      : Posted(&on_start), station_(station), stream_(std::move(stream)) {}

 private:
  struct Operation : M::Operation {
    explicit Operation(Echo& owner) : M::Operation(&on_complete), self(owner) {}
    Echo& self;
  };
  static void on_start(io::Posted& posted) noexcept { static_cast<Echo&>(posted).receive(); }
  static void on_complete(io::OperationBase& op, const Outcome& outcome) noexcept {
    static_cast<Operation&>(op).self.resume(outcome);
  }
  void receive() noexcept;
  void resume(const Outcome& outcome) noexcept;

  Station<M>& station_;
  typename M::Stream stream_;
  Operation op_{*this};
  std::array<std::byte, 256> buffer_;
  std::size_t sent_ = 0;
  std::size_t to_send_ = 0;
};

// One model with its connections. Where the world has threads it is driven by its own; otherwise
// by whoever calls turn().
template <class M>
class Station {
 public:
  static constexpr std::size_t places = std::min<std::size_t>(M::operations_max, 500);
  // A shared model is the acceptor's own, helped by two threads.
  Station(World<M>& world, stats::ModelStats& stats, M* shared) : stats_(stats), model_(shared) {
    if constexpr (!World<M>::threads) {
      own_ = world.make_model();
      own_->record_into(stats_.add_thread());
      model_ = own_.get();
    } else if constexpr (M::shared) {
      for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { run(); });
    } else {
      // Not std::atomic::wait: in the libstdc++ of GCC 12 for Windows it loses wake-ups.
      std::promise<void> ready;
      threads_.emplace_back([this, &world, &ready] {
        own_ = world.make_model();
        model_ = own_.get();
        ready.set_value();
        run();
        own_.reset();
      });
      ready.get_future().wait();
    }
  }
  ~Station() {
    ending_ = true;
    for (std::thread& thread : threads_) {
      static_cast<void>(thread);
      model_->wake();
    }
    for (std::thread& thread : threads_) thread.join();
  }
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  bool full() const { return load_ >= places; }
  void adopt(typename M::Stream stream) {
    ++load_;
    ++open_;
    model_->post(*new Echo<M>(*this, std::move(stream)));
  }
  void turn() {
    if constexpr (!World<M>::threads) {
      const InsideWait inside;
      model_->wait(1ms);
    }
  }

  M& model() { return *model_; }
  void closed(Echo<M>& echo) {
    delete &echo;
    --open_;
  }
  std::size_t open() const { return open_; }

 private:
  void run() {
    stats::Recorder& recorder = stats_.add_thread();
    model_->record_into(recorder);
    const InsideWait inside;
    while (!ending_) model_->wait(1s);
    stats_.end_thread(recorder);
  }

  stats::ModelStats& stats_;
  std::unique_ptr<M> own_;
  M* model_;
  std::size_t load_ = 0;
  std::atomic<std::size_t> open_{0};
  std::atomic<bool> ending_{false};
  std::vector<std::thread> threads_;
};

template <class M>
void Echo<M>::receive() noexcept {
  station_.model().receive(op_, stream_, buffer_);
}

template <class M>
void Echo<M>::resume(const Outcome& outcome) noexcept {
  if (outcome.result != Result::ok) {
    EXPECT_EQ(outcome.result, Result::eof) << outcome.native;
    return station_.closed(*this);
  }
  if (op_.kind() == OperationKind::receive) {
    sent_ = 0;
    to_send_ = outcome.bytes;
  } else {
    sent_ += outcome.bytes;
    if (sent_ == to_send_) return receive();
  }
  station_.model().send(op_, stream_, std::span(buffer_).subspan(sent_, to_send_ - sent_), {});
}

// A peer that says something of its own and waits for the echo, round after round.
class Talker {
 public:
  Talker(std::unique_ptr<test::Peer> peer, std::size_t number)
      : peer_(std::move(peer)), number_(number) {}

  // False until the echo of the round is complete.
  bool step(std::size_t round) {
    if (round_ != round) {
      round_ = round;
      message_ = pattern(100, number_ * 1000 + round);
      sent_ = 0;
      echo_.clear();
    }
    if (sent_ < message_.size()) sent_ += peer_->send(std::span(message_).subspan(sent_));
    if (echo_.size() < message_.size()) {
      std::array<std::byte, 100> buffer;
      const auto got = peer_->receive(std::span(buffer).first(message_.size() - echo_.size()));
      EXPECT_FALSE(got.ended || got.lost) << "connection " << number_ << " was lost";
      if (got.ended || got.lost) return true;
      echo_.insert(echo_.end(), buffer.begin(),
                   buffer.begin() + static_cast<std::ptrdiff_t>(got.bytes));
    }
    if (echo_.size() < message_.size()) return false;
    EXPECT_EQ(echo_, message_) << "connection " << number_;
    return true;
  }
  void end() { peer_->shutdown_send(); }

 private:
  std::unique_ptr<test::Peer> peer_;
  std::size_t number_;
  std::size_t round_ = 0;
  std::size_t sent_ = 0;
  std::vector<std::byte> message_;
  std::vector<std::byte> echo_;
};

template <class M>
class Crowds : public Conformance<M> {
 protected:
  void run(std::size_t count) {
    std::deque<Station<M>> stations;
    std::size_t accepted = 0;
    typename Conformance<M>::Accept op;
    const auto accept = [&](const Outcome& outcome) {
      ASSERT_EQ(outcome.result, Result::ok);
      if (stations.empty() || (stations.back().full() && !M::shared))
        stations.emplace_back(this->world, this->stats, this->model.get());
      stations.back().adopt(this->model->take(op).stream);
      ++accepted;
      if (accepted < count) this->model->accept(op, this->listener);
    };
    op.then = accept;
    this->model->accept(op, this->listener);
    const auto turn = [&] {
      for (auto& station : stations) station.turn();
    };
    std::deque<Talker> talkers;
    while (talkers.size() < count) {
      talkers.emplace_back(this->world.connect(), talkers.size());
      // No more than a backlog holds.
      if (talkers.size() % 16 == 0 || talkers.size() == count) {
        ASSERT_TRUE(this->drive([&] { return accepted == talkers.size(); }, turn));
      }
    }
    // All are connected at once, and each round needs every one of them.
    for (std::size_t round = 1; round <= 3; ++round) {
      std::vector<Talker*> waiting;
      for (Talker& talker : talkers) waiting.push_back(&talker);
      const auto step = [&] {
        turn();
        std::erase_if(waiting, [round](Talker* talker) { return talker->step(round); });
      };
      ASSERT_TRUE(this->drive([&] { return waiting.empty(); }, step))
          << waiting.size() << " of " << count << " have no answer in round " << round;
    }
    for (Talker& talker : talkers) talker.end();
    const auto open = [&] {
      std::size_t sum = 0;
      for (const auto& station : stations) sum += station.open();
      return sum;
    };
    ASSERT_TRUE(this->drive([&] { return open() == 0; }, turn)) << open() << " are left open";
    const auto snapshot = this->stats.snapshot(this->model->now());
    EXPECT_TRUE(snapshot.consistent());
    EXPECT_EQ(snapshot.total().in_flight, 0);
    EXPECT_GE(snapshot.operations[index(OperationKind::receive)].completed(),
              static_cast<std::int64_t>(4 * count));
  }
};
TYPED_TEST_SUITE(Crowds, Models, ModelNames);

TYPED_TEST(Crowds, three_hundred_connections_at_once) { this->run(300); }
TYPED_TEST(Crowds, a_thousand_connections_at_once) { this->run(1000); }

}  // namespace
}  // namespace overlap::conformance
