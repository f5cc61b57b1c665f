#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/findings/scene.h"

namespace overlap::findings {
namespace {

using config::ModelName;
using config::Severity;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ModelRules, find_nothing_in_a_service_at_rest) {
  Scene scene;
  for (const ModelName model :
       {ModelName::device, ModelName::event, ModelName::apc, ModelName::asio})
    scene.add(model);
  EXPECT_THAT(scene.judge(), IsEmpty());
  scene.has_before = false;
  EXPECT_THAT(scene.judge(), IsEmpty());
}

// Two shards run, with 50 slots each, of four that may; one slot is used by an accept.
TEST(ModelRules, finds_wait_slots_used_by_what_the_threads_may_become) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::event, 4);
  model.shards = 2;
  model.wait_slots_limit = 100;
  model.operations[index(OperationKind::accept)].in_flight = 1;
  model.wait_slots_used = 160;
  EXPECT_FALSE(scene.finds("wait_slots_nearly_used"));
  model.wait_slots_used = 161;
  const Finding finding = scene.find("wait_slots_nearly_used");
  EXPECT_EQ(finding.severity, Severity::warning);
  EXPECT_EQ(finding.model, "event");
  EXPECT_DOUBLE_EQ(finding.figure, 0.8);
  EXPECT_DOUBLE_EQ(finding.threshold, 0.8);
  EXPECT_EQ(finding.unit, "ratio");
  EXPECT_THAT(finding.sentence, HasSubstr("160 of the 200 wait slots"));
  model.wait_slots_used = 141;
  EXPECT_TRUE(scene.keeps("wait_slots_nearly_used", "event"));
  model.wait_slots_used = 140;
  EXPECT_FALSE(scene.keeps("wait_slots_nearly_used", "event"));
}

TEST(ModelRules, does_not_speak_of_slots_to_a_model_without_any) {
  Scene scene;
  scene.add(ModelName::apc).wait_slots_used = 1000;
  EXPECT_FALSE(scene.finds("wait_slots_nearly_used"));
}

TEST(ModelRules, finds_an_apc_thread_that_was_not_alertable) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::apc);
  record(model.apc->unalertable, 100ms - 1ns);
  EXPECT_FALSE(scene.finds("apc_not_alertable"));
  record(model.apc->unalertable, 100ms);
  EXPECT_TRUE(scene.finds("apc_not_alertable"));
  EXPECT_THAT(scene.find("apc_not_alertable").sentence, HasSubstr("100 ms in the last 10 s"));
}

TEST(ModelRules, forgets_a_stretch_that_was_before_the_window) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::apc);
  record(model.apc->unalertable, 3s);
  scene.before.models.front().apc = model.apc;
  record(model.apc->unalertable, 1ms);
  EXPECT_FALSE(scene.finds("apc_not_alertable"));
}

TEST(ModelRules, finds_connections_of_apc_unevenly_spread) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::apc, 4);
  model.connections_open = 64;
  model.connections_per_thread = {0, 31};
  EXPECT_FALSE(scene.finds("connections_unevenly_spread"));
  model.connections_per_thread->max = 32;
  EXPECT_DOUBLE_EQ(scene.find("connections_unevenly_spread").figure, 2);
  model.connections_per_thread->max = 24;
  EXPECT_TRUE(scene.keeps("connections_unevenly_spread", "apc"));
  model.connections_per_thread->max = 23;
  EXPECT_FALSE(scene.keeps("connections_unevenly_spread", "apc"));
  // Eight more than the mean at least: fewer are chance.
  model.connections_open = 28;
  model.connections_per_thread->max = 14;
  EXPECT_FALSE(scene.finds("connections_unevenly_spread"));
  model.connections_per_thread->max = 15;
  EXPECT_TRUE(scene.finds("connections_unevenly_spread"));
}

TEST(ModelRules, takes_an_uneven_spread_for_normal_where_it_is) {
  Scene scene;
  stats::ModelSnapshot& event = scene.add(ModelName::event, 4);
  event.connections_open = 70;
  event.connections_per_thread = {0, 63};
  EXPECT_FALSE(scene.finds("connections_unevenly_spread"));
  // Two listeners: the threads belong to one or the other.
  stats::ModelSnapshot& apc = scene.add(ModelName::apc, 4);
  apc.connections_open = 40;
  apc.connections_per_thread = {0, 40};
  EXPECT_TRUE(scene.finds("connections_unevenly_spread"));
  scene.now.listeners.push_back(scene.now.listeners.back());
  EXPECT_FALSE(scene.finds("connections_unevenly_spread"));
  scene.now.listeners.pop_back();
  scene.now.listeners.front().former.push_back({ModelName::apc, 1});
  EXPECT_FALSE(scene.finds("connections_unevenly_spread"));
}

TEST(ModelRules, finds_saturated_threads) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::asio);
  model.idle = 4001ms;
  model.busy = 35999ms;
  EXPECT_FALSE(scene.finds("threads_saturated"));
  model.idle = 4000ms;
  model.busy = 36000ms;
  EXPECT_TRUE(scene.finds("threads_saturated"));
  model.idle = 8000ms;
  model.busy = 32000ms;
  EXPECT_TRUE(scene.keeps("threads_saturated", "asio"));
  model.idle = 8001ms;
  EXPECT_FALSE(scene.keeps("threads_saturated", "asio"));
}

TEST(ModelRules, finds_saturated_threads_beside_one_that_only_accepts) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::apc);  // three of its four threads carry
  model.idle = 13001ms;
  model.busy = 26999ms;
  EXPECT_FALSE(scene.finds("threads_saturated"));
  model.idle = 13000ms;
  model.busy = 27000ms;
  EXPECT_TRUE(scene.finds("threads_saturated"));
}

TEST(ModelRules, finds_completions_slower_than_the_io) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::device);
  record(model.latency[index(OperationKind::send)], 2ms, 100);
  // What waits for the peer does not count as I/O.
  record(model.latency[index(OperationKind::receive)], 1us, 1000);
  record(model.lag, 1900us, 100);
  EXPECT_FALSE(scene.finds("completions_slower_than_io"));
  model.lag = {};
  record(model.lag, 2ms, 99);
  EXPECT_FALSE(scene.finds("completions_slower_than_io"));
  record(model.lag, 2ms);
  EXPECT_TRUE(scene.finds("completions_slower_than_io"));
  model.lag = {};
  record(model.lag, 1700us, 100);
  EXPECT_TRUE(scene.keeps("completions_slower_than_io", "device"));
  model.lag = {};
  record(model.lag, 1500us, 100);
  EXPECT_FALSE(scene.keeps("completions_slower_than_io", "device"));
}

TEST(ModelRules, does_not_mind_a_lag_that_hurts_nobody) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::device);
  record(model.latency[index(OperationKind::read)], 10us, 100);
  record(model.lag, 900us, 100);
  EXPECT_FALSE(scene.finds("completions_slower_than_io"));
  model.lag = {};
  record(model.lag, 1ms, 100);
  EXPECT_TRUE(scene.finds("completions_slower_than_io"));
}

TEST(ModelRules, finds_a_high_dispatch_lag) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::event);
  record(model.dispatch_lag, 1ms, 9);
  record(model.dispatch_lag, 500ms);
  EXPECT_FALSE(scene.finds("dispatch_lag_high"));
  model.dispatch_lag = {};
  record(model.dispatch_lag, 100ms - 1ns, 10);
  EXPECT_FALSE(scene.finds("dispatch_lag_high"));
  model.dispatch_lag = {};
  record(model.dispatch_lag, 100ms, 10);
  EXPECT_TRUE(scene.finds("dispatch_lag_high"));
  EXPECT_FALSE(scene.finds("dispatch_stalled"));
  model.dispatch_lag = {};
  record(model.dispatch_lag, 50ms, 10);
  EXPECT_TRUE(scene.keeps("dispatch_lag_high", "event"));
  model.dispatch_lag = {};
  record(model.dispatch_lag, 50ms - 1ns, 10);
  EXPECT_FALSE(scene.keeps("dispatch_lag_high", "event"));
}

TEST(ModelRules, finds_a_single_thread_that_stalled) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::event);
  record(model.dispatch_lag, 1ms, 99);
  record(model.dispatch_lag, 1s - 1ns);
  EXPECT_FALSE(scene.finds("dispatch_stalled"));
  record(model.dispatch_lag, 1s);
  EXPECT_EQ(scene.find("dispatch_stalled").severity, Severity::error);
  EXPECT_FALSE(scene.finds("dispatch_lag_high"));
}

TEST(ModelRules, finds_slow_handlers) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::asio);
  record(model.handler, 50ms - 1ns, 20);
  EXPECT_FALSE(scene.finds("handlers_slow"));
  model.handler = {};
  record(model.handler, 50ms, 19);
  EXPECT_FALSE(scene.finds("handlers_slow"));
  record(model.handler, 50ms);
  EXPECT_TRUE(scene.finds("handlers_slow"));
  EXPECT_THAT(scene.find("handlers_slow").advice, HasSubstr("one thread of the pool"));
  model.handler = {};
  record(model.handler, 25ms, 20);
  EXPECT_TRUE(scene.keeps("handlers_slow", "asio"));
  model.handler = {};
  record(model.handler, 25ms - 1ns, 20);
  EXPECT_FALSE(scene.keeps("handlers_slow", "asio"));
}

TEST(ModelRules, finds_an_operation_that_outlives_every_timeout) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::apc);
  scene.now.longest_timeout = 70s;
  model.oldest_pending = 80s - 1ns;
  EXPECT_FALSE(scene.finds("operation_pending_too_long"));
  model.oldest_pending = 80s;
  EXPECT_TRUE(scene.finds("operation_pending_too_long"));
}

TEST(ModelRules, finds_many_pauses) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::asio);
  model.pauses = 99;
  EXPECT_FALSE(scene.finds("pauses_many"));
  model.pauses = 100;
  EXPECT_TRUE(scene.finds("pauses_many"));
  model.pauses = 50;
  EXPECT_TRUE(scene.keeps("pauses_many", "asio"));
  model.pauses = 49;
  EXPECT_FALSE(scene.keeps("pauses_many", "asio"));
}

TEST(ModelRules, finds_many_failed_log_ins) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::asio);
  model.unauthorized = 19;
  EXPECT_FALSE(scene.finds("unauthorized_many"));
  model.unauthorized = 20;
  EXPECT_THAT(scene.find("unauthorized_many").sentence, HasSubstr("2 a second"));
  model.unauthorized = 10;
  EXPECT_TRUE(scene.keeps("unauthorized_many", "asio"));
  model.unauthorized = 9;
  EXPECT_FALSE(scene.keeps("unauthorized_many", "asio"));
}

TEST(ModelRules, finds_many_server_errors) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::asio);
  model.requests = {0, 0, 191, 0, 0, 10};
  EXPECT_FALSE(scene.finds("server_errors_many"));
  model.requests = {0, 0, 190, 0, 0, 10};
  EXPECT_DOUBLE_EQ(scene.find("server_errors_many").figure, 0.05);
  model.requests = {0, 0, 0, 0, 0, 9};
  EXPECT_FALSE(scene.finds("server_errors_many"));
  model.requests = {0, 0, 970, 0, 0, 30};
  EXPECT_TRUE(scene.keeps("server_errors_many", "asio"));
  model.requests = {0, 0, 971, 0, 0, 29};
  EXPECT_FALSE(scene.keeps("server_errors_many", "asio"));
}

TEST(ModelRules, finds_connections_refused_for_their_address) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::asio);
  EXPECT_FALSE(scene.finds("connections_refused_for_address"));
  model.rejected = 1;
  model.rejected_addresses = 1;
  EXPECT_TRUE(scene.finds("connections_refused_for_address"));
}

TEST(ModelRules, finds_a_snapshot_that_contradicts_itself) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::asio);
  model.operations[0].submitted = 1;
  EXPECT_THAT(scene.find("snapshot_inconsistent").sentence, HasSubstr("contradict each other"));
  model.operations[0].in_flight = 1;
  EXPECT_FALSE(scene.finds("snapshot_inconsistent"));
  model.readable = false;
  EXPECT_THAT(scene.find("snapshot_inconsistent").sentence, HasSubstr("could not be read"));
}

TEST(ModelRules, says_nothing_of_rates_when_counters_began_anew) {
  Scene scene;
  stats::ModelSnapshot& model = scene.add(ModelName::asio);
  model.unauthorized = 1000;
  EXPECT_TRUE(scene.finds("unauthorized_many"));
  scene.before.models.front().connections_opened = 1;
  EXPECT_FALSE(scene.finds("unauthorized_many"));
  scene.before.models.clear();
  EXPECT_FALSE(scene.finds("unauthorized_many"));
}

TEST(Judge, keeps_the_beginning_of_what_stands) {
  Scene scene;
  scene.add(ModelName::asio).unauthorized = 20;
  const std::vector<Finding> first = scene.judge();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].since_unix_ms, scene.now.unix_ms);
  scene.now.unix_ms += 5000;
  const std::vector<Finding> second = scene.judge(first);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].since_unix_ms, first[0].since_unix_ms);
  // Another model's finding of the same kind is another one.
  std::vector<Finding> other = first;
  other[0].model = "event";
  EXPECT_EQ(scene.judge(other)[0].since_unix_ms, scene.now.unix_ms);
}

TEST(Judge, puts_errors_first) {
  Scene scene;
  scene.add(ModelName::asio).pauses = 100;
  scene.now.models[0].unauthorized = 100;
  scene.now.models[0].oldest_pending = 3600s;
  std::vector<std::string> ids;
  for (const Finding& finding : scene.judge()) ids.push_back(finding.id);
  EXPECT_THAT(
      ids, testing::ElementsAre("operation_pending_too_long", "unauthorized_many", "pauses_many"));
}

}  // namespace
}  // namespace overlap::findings
