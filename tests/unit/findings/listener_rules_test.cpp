#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/findings/scene.h"

namespace overlap::findings {
namespace {

using config::ModelName;
using config::Severity;
using management::ListenerPhase;
using testing::HasSubstr;

struct ListenerRules : testing::Test {
  ListenerRules() { scene.add(ModelName::event); }
  management::ListenerState& listener() { return scene.now.listeners.front(); }
  Scene scene;
};

TEST_F(ListenerRules, finds_accepts_failing) {
  EXPECT_FALSE(scene.finds("accept_failing"));
  listener().accept_failing = true;
  const Finding finding = scene.find("accept_failing");
  EXPECT_EQ(finding.severity, Severity::error);
  EXPECT_EQ(finding.listener, "event");
}

TEST_F(ListenerRules, finds_a_thread_that_does_not_turn) {
  scene.now.timeouts.stall = 10s;
  listener().stalled_model = ModelName::apc;  // that it has left
  listener().stalled_seconds = 9.999;
  EXPECT_FALSE(scene.finds("shard_stalled"));
  listener().stalled_seconds = 10;
  const Finding finding = scene.find("shard_stalled");
  EXPECT_EQ(finding.severity, Severity::error);
  EXPECT_EQ(finding.model, "apc");
  EXPECT_EQ(finding.listener, "event");
  EXPECT_EQ(finding.figure, 10);
  EXPECT_EQ(finding.threshold, 10);
  EXPECT_THAT(finding.sentence,
              HasSubstr("A thread of the listener \"event\" (model apc) has not"));
  scene.now.timeouts.stall = 11s;
  EXPECT_FALSE(scene.finds("shard_stalled"));
  listener().stalled_model = ModelName::asio;
  listener().stalled_seconds = 11;
  EXPECT_THAT(scene.find("shard_stalled").sentence, HasSubstr("No thread of the listener"));
}

TEST_F(ListenerRules, counts_a_stall_only_while_somebody_was_awake_to_see_it) {
  scene.now.timeouts.stall = 10s;
  listener().stalled_model = ModelName::event;
  listener().stalled_seconds = 3600;
  scene.awake_since = scene.now.monotonic - 10s + 1ns;
  EXPECT_FALSE(scene.finds("shard_stalled"));
  // What stood before the machine slept goes on.
  EXPECT_TRUE(scene.keeps("shard_stalled", "event", "event"));
  scene.awake_since = scene.now.monotonic - 10s;
  EXPECT_TRUE(scene.finds("shard_stalled"));
}

TEST_F(ListenerRules, finds_connections_without_a_place) {
  EXPECT_FALSE(scene.finds("connections_refused"));
  listener().rejected_total = 1;
  EXPECT_THAT(scene.find("connections_refused").sentence,
              HasSubstr("no place for 1 connection in"));
  EXPECT_THAT(scene.find("connections_refused").advice, HasSubstr("`threads`"));
  scene.has_before = false;
  EXPECT_FALSE(scene.finds("connections_refused"));
}

TEST_F(ListenerRules, leaves_out_connections_refused_for_their_address) {
  listener().rejected_total = 5;
  scene.now.models[0].rejected = 5;
  scene.now.models[0].rejected_addresses = 5;
  EXPECT_FALSE(scene.finds("connections_refused"));
  listener().rejected_total = 6;
  EXPECT_EQ(scene.find("connections_refused").figure, 1);
}

TEST_F(ListenerRules, takes_refusing_for_normal_during_a_pause) {
  listener().rejected_total = 5;
  listener().phase = ListenerPhase::paused;
  EXPECT_FALSE(scene.finds("connections_refused"));
  listener().phase = ListenerPhase::running;
  scene.before.listeners.front().phase = ListenerPhase::paused;
  EXPECT_FALSE(scene.finds("connections_refused"));
}

TEST_F(ListenerRules, finds_a_listener_that_is_nearly_full) {
  listener().connections = 899;
  EXPECT_FALSE(scene.finds("listener_nearly_full"));
  listener().connections = 900;
  EXPECT_THAT(scene.find("listener_nearly_full").sentence, HasSubstr("(90 %)"));
  listener().connections = 800;
  EXPECT_TRUE(scene.keeps("listener_nearly_full", "event", "event"));
  listener().connections = 799;
  EXPECT_FALSE(scene.keeps("listener_nearly_full", "event", "event"));
}

TEST_F(ListenerRules, finds_a_listener_that_was_left_paused) {
  scene.phase_since[0] = scene.now.unix_ms - 600'000;
  EXPECT_FALSE(scene.finds("listener_not_accepting"));
  for (const ListenerPhase phase : {ListenerPhase::paused, ListenerPhase::drained}) {
    listener().phase = phase;
    scene.phase_since[0] = scene.now.unix_ms - 599'999;
    EXPECT_FALSE(scene.finds("listener_not_accepting"));
    scene.phase_since[0] = scene.now.unix_ms - 600'000;
    EXPECT_THAT(scene.find("listener_not_accepting").sentence, HasSubstr("for 10 min"));
  }
}

TEST_F(ListenerRules, finds_a_drain_that_does_not_end) {
  scene.now.timeouts.drain = 20s;
  listener().phase = ListenerPhase::draining;
  listener().connections = 1;
  scene.phase_since[0] = scene.now.unix_ms - 29'999;
  EXPECT_FALSE(scene.finds("listener_draining_long"));
  scene.phase_since[0] = scene.now.unix_ms - 30'000;
  EXPECT_THAT(scene.find("listener_draining_long").sentence, HasSubstr("1 connection is left"));
}

TEST_F(ListenerRules, tells_that_a_former_model_carries_connections) {
  listener().former.push_back({ModelName::apc, 0});
  EXPECT_FALSE(scene.finds("former_model_carries"));
  listener().former.front().connections = 1;
  const Finding finding = scene.find("former_model_carries");
  EXPECT_EQ(finding.model, "apc");
  EXPECT_EQ(finding.listener, "event");
  EXPECT_EQ(finding.severity, Severity::info);
  EXPECT_EQ(finding.figure, 1);
}

}  // namespace
}  // namespace overlap::findings
