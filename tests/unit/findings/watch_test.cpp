#include "common/findings/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/findings/scene.h"

namespace overlap::findings {
namespace {

// A watch that sees one moment a second.
struct WatchTest : testing::Test {
  WatchTest() { scene.add(config::ModelName::asio); }
  const std::vector<Finding>& second() {
    scene.now.monotonic += 1s;
    scene.now.unix_ms += 1000;
    return watch.observe(std::make_shared<Moment>(scene.now));
  }
  stats::ModelSnapshot& model() { return scene.now.models.front(); }

  Scene scene;
  Watch watch;
};

TEST_F(WatchTest, says_nothing_of_rates_in_the_first_two_seconds) {
  second();
  model().unauthorized = 100;
  EXPECT_TRUE(second().empty());
  EXPECT_FALSE(second().empty());
}

TEST_F(WatchTest, keeps_a_finding_as_long_as_the_window_reaches) {
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(second().empty());
  model().unauthorized = 20;
  const std::int64_t since = scene.now.unix_ms + 1000;
  for (int i = 0; i < 10; ++i) {
    const std::vector<Finding>& findings = second();
    ASSERT_EQ(findings.size(), 1u) << i;
    EXPECT_EQ(findings[0].since_unix_ms, since);
  }
  EXPECT_TRUE(second().empty());
}

TEST_F(WatchTest, survives_a_rush_of_moments_and_a_long_gap) {
  for (int i = 0; i < 100; ++i) {
    scene.now.monotonic += 1ms;
    watch.observe(std::make_shared<Moment>(scene.now));
  }
  model().unauthorized = 1'000'000;
  scene.now.monotonic += 3600s;
  EXPECT_TRUE(watch.observe(std::make_shared<Moment>(scene.now)).empty());
}

TEST_F(WatchTest, counts_the_time_of_a_phase_from_its_beginning) {
  scene.now.listeners[0].phase = management::ListenerPhase::paused;
  for (int i = 0; i < 600; ++i) EXPECT_TRUE(second().empty()) << i;
  EXPECT_EQ(second().size(), 1u);
  scene.now.listeners[0].phase = management::ListenerPhase::running;
  EXPECT_TRUE(second().empty());
  scene.now.listeners[0].phase = management::ListenerPhase::paused;
  EXPECT_TRUE(second().empty());
}

TEST_F(WatchTest, does_not_take_sleep_for_a_stall) {
  scene.now.timeouts.stall = 10s;
  const auto look_after = [&](Instant pause) {
    scene.now.monotonic += pause - 1s;
    return second().size();
  };
  second();
  scene.now.listeners[0].stalled_seconds = 3600;
  EXPECT_EQ(look_after(3s + 1ns), 0u);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(look_after(1s), 0u) << i;
  EXPECT_EQ(look_after(1s), 1u);
  EXPECT_EQ(look_after(60s), 1u);  // it stood before
  scene.now.listeners[0].stalled_seconds = 0;
  EXPECT_EQ(look_after(1s), 0u);
  // Looks that come late, but not too late, lose nothing.
  scene.now.listeners[0].stalled_seconds = 3600;
  for (int i = 0; i < 4; ++i) look_after(3s);
  EXPECT_EQ(look_after(3s), 1u);
}

TEST_F(WatchTest, sees_handles_grow_within_half_an_hour) {
  bool found = false;
  for (int i = 0; i < 32 * 60; ++i) {
    scene.now.service.handles = 200 + static_cast<std::uint32_t>(i / 10);
    found = !second().empty();
    ASSERT_FALSE(found && i < 30 * 60) << i;
  }
  EXPECT_TRUE(found);
}

TEST_F(WatchTest, takes_handles_that_come_and_go_for_normal) {
  for (int i = 0; i < 40 * 60; ++i) {
    scene.now.service.handles = 200 + (i % 60 == 0 ? 0 : static_cast<std::uint32_t>(i));
    ASSERT_TRUE(second().empty()) << i;
  }
}

}  // namespace
}  // namespace overlap::findings
