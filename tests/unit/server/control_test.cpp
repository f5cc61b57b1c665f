// The thread that changes the server: order, refusals and its end.
#include "service/server/control.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

namespace overlap::server {
namespace {

TEST(Control, runs_changes_one_after_another_and_answers_when_they_are_done) {
  Control control([] {});
  std::vector<int> done;
  EXPECT_EQ(control.run([&] { done.push_back(1); }), Control::Ran::yes);
  EXPECT_EQ(control.run([&] { done.push_back(2); }), Control::Ran::yes);
  EXPECT_EQ(done, (std::vector<int>{1, 2}));
}

TEST(Control, throws_to_the_one_who_asked_and_goes_on) {
  Control control([] {});
  EXPECT_THROW(control.run([] { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(control.run([] {}), Control::Ran::yes);
}

TEST(Control, a_change_may_ask_for_another_one) {
  Control control([] {});
  bool inner = false;
  EXPECT_EQ(control.run([&] { control.run([&] { inner = true; }); }), Control::Ran::yes);
  EXPECT_TRUE(inner);
}

TEST(Control, runs_what_is_due_each_second) {
  std::atomic<int> seconds{0};
  Control control([&] { ++seconds; });
  while (seconds < 2) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

// Holds the control thread until it is told to go on.
class HeldControl : public testing::Test {
 protected:
  explicit HeldControl(std::chrono::milliseconds begin_time_max = std::chrono::minutes(5))
      : control([] {}, begin_time_max) {
    holder = asking([this] {
      held_.set_value();
      go_on.get_future().wait();
    });
    held_.get_future().wait();
  }
  std::future<Control::Ran> asking(std::function<void()> change) {
    return std::async(std::launch::async,
                      [this, change = std::move(change)] { return control.run(change); });
  }
  void wait_for_waiting(std::size_t count) {
    while (control.waiting() != count) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  Control control;
  std::promise<void> go_on;
  std::future<Control::Ran> holder;
  std::vector<std::future<Control::Ran>> others;
  std::atomic<std::size_t> ran{0};

 private:
  std::promise<void> held_;
};

TEST_F(HeldControl, takes_as_many_changes_as_may_wait_and_refuses_one_more) {
  for (std::size_t i = 0; i < Control::waiting_max; ++i)
    others.push_back(asking([this] { ++ran; }));
  wait_for_waiting(Control::waiting_max);
  EXPECT_EQ(control.run([this] { ++ran; }), Control::Ran::busy);
  go_on.set_value();
  EXPECT_EQ(holder.get(), Control::Ran::yes);
  for (auto& other : others) EXPECT_EQ(other.get(), Control::Ran::yes);
  EXPECT_EQ(ran, Control::waiting_max);
}

TEST_F(HeldControl, refuses_what_waits_when_it_ends_and_lets_what_runs_finish) {
  others.push_back(asking([this] { ++ran; }));
  wait_for_waiting(1);
  auto end = std::async(std::launch::async, [this] { control.end(); });
  EXPECT_EQ(others[0].get(), Control::Ran::ended);
  go_on.set_value();
  EXPECT_EQ(holder.get(), Control::Ran::yes);
  end.get();
  EXPECT_EQ(control.run([this] { ++ran; }), Control::Ran::ended);
  EXPECT_EQ(ran, 0u);
}

TEST_F(HeldControl, what_must_not_be_refused_goes_before_what_waits) {
  for (std::size_t i = 0; i < Control::waiting_max; ++i)
    others.push_back(asking([this] { ++ran; }));
  wait_for_waiting(Control::waiting_max);
  std::size_t ran_before = 1;
  auto first =
      std::async(std::launch::async, [&] { return control.run_first([&] { ran_before = ran; }); });
  wait_for_waiting(Control::waiting_max + 1);
  go_on.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_EQ(ran_before, 0u);
  for (auto& other : others) EXPECT_EQ(other.get(), Control::Ran::yes);
  control.end();
  EXPECT_FALSE(control.run_first([] {}));
}

class ImpatientControl : public HeldControl {
 protected:
  ImpatientControl() : HeldControl(std::chrono::milliseconds(50)) {}
};

TEST_F(ImpatientControl, withdraws_a_change_whose_turn_does_not_come) {
  EXPECT_EQ(control.run([this] { ++ran; }), Control::Ran::busy);
  EXPECT_EQ(control.waiting(), 0u);
  go_on.set_value();
  EXPECT_EQ(holder.get(), Control::Ran::yes);
  EXPECT_EQ(ran, 0u);
}

}  // namespace
}  // namespace overlap::server
