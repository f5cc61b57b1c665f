// How often a fault that repeats itself is told.
#include "service/log/collapse.h"

#include <gtest/gtest.h>

#include <string>

namespace overlap::log {
namespace {

using namespace std::chrono_literals;
using Inserts = Collapse::Inserts;

constexpr auto fault = EventId::listener_failed;
constexpr auto other = EventId::journal_failed;

class CollapseTest : public testing::Test {
 protected:
  bool admit(EventId id, const Inserts& inserts) { return collapse_.admit(id, inserts, now_); }
  // Different at each call.
  bool admit_another(EventId id) { return admit(id, {std::to_wstring(++another_)}); }
  std::uint64_t taken() {
    const auto repeats = collapse_.take_ended(now_);
    return repeats ? repeats->count : 0;
  }
  void pass(Collapse::Length length) { now_ += length; }

  Collapse collapse_;
  Collapse::Time now_{};
  int another_ = 0;
};

TEST_F(CollapseTest, tells_the_first_and_counts_the_same_again) {
  EXPECT_TRUE(admit(fault, {L"a", L"b"}));
  EXPECT_FALSE(admit(fault, {L"a", L"b"}));
  EXPECT_FALSE(admit(fault, {L"a", L"b"}));
  pass(Collapse::window_min);
  const auto repeats = collapse_.take_ended(now_);
  ASSERT_TRUE(repeats);
  EXPECT_EQ(repeats->id, fault);
  EXPECT_EQ(repeats->count, 2u);
  EXPECT_EQ(repeats->within, Collapse::window_min);
  EXPECT_EQ(repeats->last, (Inserts{L"a", L"b"}));
  EXPECT_FALSE(collapse_.take_ended(now_));
}

TEST_F(CollapseTest, tells_what_differs_in_any_insert) {
  EXPECT_TRUE(admit(fault, {L"a", L"b"}));
  EXPECT_TRUE(admit(fault, {L"a", L"c"}));
  EXPECT_TRUE(admit(fault, {L"c", L"b"}));
  EXPECT_TRUE(admit(fault, {}));
  EXPECT_FALSE(admit(fault, {}));
  EXPECT_FALSE(admit(fault, {L"a", L"c"}));
}

TEST_F(CollapseTest, counts_one_different_too_many) {
  for (std::size_t i = 0; i < Collapse::variants_max; ++i) EXPECT_TRUE(admit_another(fault));
  EXPECT_FALSE(admit_another(fault));
  pass(Collapse::window_min);
  const auto repeats = collapse_.take_ended(now_);
  ASSERT_TRUE(repeats);
  EXPECT_EQ(repeats->count, 1u);
  EXPECT_EQ(repeats->last, (Inserts{std::to_wstring(another_)}));
}

TEST_F(CollapseTest, ends_a_window_at_its_length_and_not_before) {
  EXPECT_FALSE(collapse_.next_end());
  const auto begin = now_;
  admit(fault, {});
  admit(fault, {});
  EXPECT_EQ(collapse_.next_end(), begin + Collapse::window_min);
  pass(Collapse::window_min - 1ns);
  EXPECT_EQ(taken(), 0u);
  pass(1ns);
  EXPECT_EQ(taken(), 1u);
}

TEST_F(CollapseTest, tells_again_after_a_window_in_which_nothing_was_counted) {
  admit(fault, {L"a"});
  pass(Collapse::window_min - 1ns);
  EXPECT_FALSE(admit(fault, {L"a"}));
  pass(1ns);
  taken();
  pass(2 * Collapse::window_min - 1ns);
  EXPECT_EQ(taken(), 0u);
  pass(1ns);
  EXPECT_EQ(taken(), 0u);  // closes it
  EXPECT_FALSE(collapse_.next_end());
  EXPECT_TRUE(admit(fault, {L"a"}));
  EXPECT_EQ(collapse_.next_end(), now_ + Collapse::window_min);
}

// The thread that takes may be late: a window that has nothing to tell hides nothing.
TEST_F(CollapseTest, tells_after_the_end_of_a_window_that_nobody_has_closed) {
  EXPECT_TRUE(admit(fault, {L"a"}));
  pass(Collapse::window_min);
  EXPECT_TRUE(admit(fault, {L"a"}));
  EXPECT_EQ(collapse_.next_end(), now_ + Collapse::window_min);
}

TEST_F(CollapseTest, goes_on_counting_until_the_count_is_taken) {
  admit(fault, {L"a"});
  EXPECT_FALSE(admit(fault, {L"a"}));
  pass(Collapse::window_min + 30s);
  EXPECT_FALSE(admit(fault, {L"a"}));
  const auto repeats = collapse_.take_ended(now_);
  ASSERT_TRUE(repeats);
  EXPECT_EQ(repeats->count, 2u);
  EXPECT_EQ(repeats->within, Collapse::window_min + 30s);
}

TEST_F(CollapseTest, doubles_the_window_of_what_goes_on_up_to_a_bound) {
  std::vector<std::chrono::nanoseconds> lengths;
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(admit(fault, {L"a"})) << "the first of each window is told";
    EXPECT_FALSE(admit(fault, {L"a"}));
    lengths.push_back(*collapse_.next_end() - now_);
    now_ = *collapse_.next_end();
    EXPECT_EQ(taken(), 1u);
  }
  EXPECT_EQ(lengths, (std::vector<std::chrono::nanoseconds>{60s, 120s, 240s, 480s, 600s, 600s}));
}

TEST_F(CollapseTest, keeps_each_id_apart) {
  for (int i = 0; i < 100; ++i) admit_another(EventId::admin_audit);
  EXPECT_TRUE(admit(fault, {L"a"}));
  EXPECT_FALSE(admit(fault, {L"a"}));
  pass(1s);
  EXPECT_TRUE(admit(other, {L"a"}));
  EXPECT_FALSE(admit(other, {L"a"}));
  pass(Collapse::window_min - 1s);
  EXPECT_EQ(taken() + taken(), 1u + 100 - Collapse::variants_max);
  EXPECT_EQ(taken(), 0u) << "the window of the other one ends later";
}

TEST_F(CollapseTest, counts_what_was_admitted_and_could_not_be_told) {
  EXPECT_TRUE(admit(fault, {L"a"}));
  collapse_.count(fault, {L"a"}, now_);
  collapse_.count(other, {L"b"}, now_);  // also one without a window
  EXPECT_TRUE(collapse_.take_any(now_));
  EXPECT_TRUE(collapse_.take_any(now_));
  EXPECT_FALSE(collapse_.take_any(now_));
}

TEST_F(CollapseTest, gives_every_count_at_the_end_of_all) {
  admit(fault, {L"a"});
  admit(other, {L"a"});
  admit(other, {L"a"});
  admit(EventId::continued, {});
  const auto repeats = collapse_.take_any(now_);
  ASSERT_TRUE(repeats);
  EXPECT_EQ(repeats->id, other);
  EXPECT_EQ(repeats->within, 1s) << "never 0 seconds";
  EXPECT_FALSE(collapse_.take_any(now_));
  EXPECT_FALSE(collapse_.next_end());
}

// A tight loop that goes on for an hour.
TEST_F(CollapseTest, tells_a_handful_of_a_million_and_loses_none) {
  constexpr std::uint64_t events = 1'000'000;
  for (const bool alike : {true, false}) {
    Collapse collapse;
    std::uint64_t told = 0;
    std::uint64_t reports = 0;
    std::uint64_t counted = 0;
    const auto take = [&](auto repeats) {
      if (!repeats) return false;
      ++reports;
      counted += repeats->count;
      return true;
    };
    for (std::uint64_t i = 0; i < events; ++i) {
      pass(std::chrono::nanoseconds(1h) / events);
      told += collapse.admit(fault, {alike ? L"a" : std::to_wstring(i)}, now_);
      take(collapse.take_ended(now_));
    }
    while (take(collapse.take_any(now_))) continue;
    EXPECT_EQ(told + counted, events);
    // Windows of 1, 2, 4, 8 and then 10 minutes: nine of them are begun.
    EXPECT_EQ(reports, 9u);
    EXPECT_EQ(told, alike ? 9u : 9 * Collapse::variants_max);
  }
}

}  // namespace
}  // namespace overlap::log
