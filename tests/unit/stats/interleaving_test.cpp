// gather() with events at chosen points between its reads, which threads meet only by luck.
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "common/stats/snapshot.h"

namespace overlap::stats {

class RecorderProbe {
 public:
  static GuardedCounts& counts(Recorder& recorder) { return recorder.counts_; }
};

namespace {

using namespace std::chrono_literals;

constexpr OperationKind kind = OperationKind::receive;

// Recorders are read in the order front, gate, back, second gate. A gate's writer is held amid its
// event, so that gather() gives way there: events can happen after front has been read and before
// back is. The second gate closes the first again for the second pass.
class Interleaving {
 public:
  Interleaving() { current = this; }
  ~Interleaving() { current = nullptr; }

  // `passes[n]` runs between front and back in pass n.
  ModelSnapshot gather_with(std::array<void (*)(Recorder& front, Recorder& back), 2> passes) {
    passes_ = passes;
    hold(gate_, section_);
    hold(second_gate_, second_section_);
    const std::array<const Recorder*, 4> recorders{&front_, &gate_, &back_, &second_gate_};
    return gather(recorders, {.name = "asio",
                              .shared = true,
                              .give_way = [](unsigned) noexcept { current->step(); },
                              .instant_attempts = 1});
  }

  Recorder& front() { return front_; }
  Recorder& back() { return back_; }

 private:
  using Held = std::optional<GuardedCounts::Section>;

  static void hold(Recorder& recorder, Held& held) {
    held.emplace(RecorderProbe::counts(recorder));
  }

  void step() noexcept {
    if (section_) {
      if (passes_[pass_]) passes_[pass_](front_, back_);
      section_.reset();
    } else {
      second_section_.reset();
      hold(gate_, section_);
      ++pass_;
    }
  }

  static Interleaving* current;
  std::array<void (*)(Recorder&, Recorder&), 2> passes_{};
  std::size_t pass_ = 0;
  SharedPeak peak_;
  Recorder front_{&peak_};
  Recorder gate_{&peak_};
  Recorder back_{&peak_};
  Recorder second_gate_{&peak_};
  Held section_;
  Held second_section_;
};
Interleaving* Interleaving::current = nullptr;

void submit(Recorder& front, Recorder&) {
  front.connection_opened();
  front.submitted(kind);
}
void make_ready(Recorder& front, Recorder& back) {
  submit(front, back);
  back.ready(kind);
}
void complete(Recorder& front, Recorder& back) {
  make_ready(front, back);
  back.completed({kind, Result::ok, 7, 1us, 1us});
  back.connection_closed(CloseReason::finished);
}

TEST(GatherInterleaved, counts_an_operation_that_began_and_ended_between_the_reads_of_pass_one) {
  Interleaving threads;
  const ModelSnapshot shown = threads.gather_with({&complete, nullptr});
  EXPECT_FALSE(shown.one_instant);
  EXPECT_TRUE(shown.consistent());
  EXPECT_EQ(shown.total().submitted, 1);
  EXPECT_EQ(shown.total().completed(), 1);
  EXPECT_EQ(shown.connections_open, 0);
}

TEST(GatherInterleaved, shows_no_completion_whose_submission_the_second_pass_missed) {
  Interleaving threads;
  const ModelSnapshot shown = threads.gather_with({nullptr, &complete});
  EXPECT_FALSE(shown.one_instant);
  EXPECT_TRUE(shown.consistent());
  EXPECT_EQ(shown.total().submitted, 0);
  EXPECT_EQ(shown.total().completed(), 0);
  EXPECT_EQ(shown.total().in_flight, 0);
  EXPECT_EQ(shown.total().bytes, 0);
  EXPECT_EQ(shown.connections_open, 0);
}

TEST(GatherInterleaved, shows_nothing_ready_whose_submission_the_second_pass_missed) {
  Interleaving threads;
  const ModelSnapshot shown = threads.gather_with({nullptr, &make_ready});
  EXPECT_TRUE(shown.consistent());
  EXPECT_EQ(shown.total().ready, 0);
  EXPECT_EQ(shown.total().in_flight, 0);
}

TEST(GatherInterleaved, shows_as_in_flight_what_ends_between_the_passes) {
  Interleaving threads;
  submit(threads.front(), threads.back());
  const ModelSnapshot shown =
      threads.gather_with({nullptr, [](Recorder&, Recorder& back) {
                             back.ready(kind);
                             back.completed({kind, Result::ok, 7, 1us, 1us});
                           }});
  EXPECT_TRUE(shown.consistent());
  EXPECT_EQ(shown.total().submitted, 1);
  EXPECT_EQ(shown.total().completed(), 0);
  EXPECT_EQ(shown.total().in_flight, 1);
}

}  // namespace
}  // namespace overlap::stats
