#include "admin/api/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "common/stats/model_stats.h"

namespace overlap::admin {
namespace {

using namespace std::chrono_literals;

class JsonTest : public testing::Test {
 protected:
  // What a client would parse.
  boost::json::value shown() {
    return boost::json::parse(boost::json::serialize(to_json(stats.snapshot(10s))));
  }
  void complete(OperationKind kind, Result result, std::size_t bytes) {
    recorder.submitted(kind);
    recorder.ready(kind);
    recorder.completed({kind, result, bytes, 1500ns, 250ns});
  }
  std::int64_t number(const char* pointer) {
    return shown().at_pointer(pointer).to_number<std::int64_t>();
  }
  double real(const char* pointer) { return shown().at_pointer(pointer).to_number<double>(); }

  stats::ModelStats stats{"event", false};
  stats::Recorder& recorder = stats.add_thread();
};

std::vector<std::string> keys(const boost::json::value& value) {
  std::vector<std::string> names;
  for (const auto& member : value.as_object()) names.emplace_back(member.key());
  return names;
}

TEST_F(JsonTest, has_the_promised_members) {
  const auto model = shown();
  using testing::ElementsAre;
  EXPECT_THAT(keys(model),
              ElementsAre("name", "shared", "consistent", "queue", "completions", "latency_us",
                          "completion_to_handler_us", "handler_us", "dispatch_lag_us", "loop",
                          "connections", "requests_total", "unauthorized_total", "pauses_total",
                          "requests_incomplete_total", "specific"));
  EXPECT_THAT(
      keys(model.at("queue")),
      ElementsAre("in_flight", "ready", "peak", "peak_is_upper_bound", "oldest_pending_seconds",
                  "wait_slots", "rejected_total", "rejected_addresses_total"));
  EXPECT_THAT(keys(model.at_pointer("/queue/in_flight")),
              ElementsAre("accept", "receive", "send", "send_file", "read", "write", "total"));
  EXPECT_THAT(keys(model.at("completions")),
              ElementsAre("submitted_total", "completed_total", "by_result", "by_operation",
                          "immediate_total", "bytes_total"));
  EXPECT_THAT(keys(model.at_pointer("/completions/by_result")),
              ElementsAre("ok", "eof", "error", "cancelled", "timeout"));
  EXPECT_THAT(keys(model.at_pointer("/completions/by_operation")),
              ElementsAre("accept", "receive", "send", "send_file", "read", "write"));
  EXPECT_THAT(keys(model.at_pointer("/completions/by_operation/accept")),
              ElementsAre("submitted", "completed", "in_flight"));
  EXPECT_THAT(keys(model.at_pointer("/completions/bytes_total")),
              ElementsAre("received", "sent", "read", "written"));
  EXPECT_THAT(keys(model.at("latency_us")),
              ElementsAre("all", "accept", "receive", "send", "send_file", "read", "write"));
  EXPECT_THAT(keys(model.at_pointer("/latency_us/all")),
              ElementsAre("count", "p50", "p90", "p99", "max"));
  EXPECT_THAT(keys(model.at("loop")),
              ElementsAre("waits_total", "completions_per_wake", "busy_seconds", "idle_seconds",
                          "threads", "shards", "connections_per_thread"));
  EXPECT_THAT(keys(model.at("connections")), ElementsAre("open", "opened_total", "closed"));
  EXPECT_EQ(model.at_pointer("/connections/closed").as_object().size(), close_reasons);
  EXPECT_THAT(keys(model.at("requests_total")),
              ElementsAre("none", "1xx", "2xx", "3xx", "4xx", "5xx"));
}

TEST_F(JsonTest, puts_each_operation_and_result_in_its_place) {
  complete(OperationKind::receive, Result::ok, 1);
  complete(OperationKind::send, Result::ok, 10);
  complete(OperationKind::send_file, Result::error, 100);
  complete(OperationKind::read, Result::eof, 1000);
  complete(OperationKind::write, Result::timeout, 10000);
  recorder.submitted(OperationKind::accept);
  recorder.immediate(OperationKind::accept);
  EXPECT_EQ(number("/completions/bytes_total/received"), 1);
  EXPECT_EQ(number("/completions/bytes_total/sent"), 110);
  EXPECT_EQ(number("/completions/bytes_total/read"), 1000);
  EXPECT_EQ(number("/completions/bytes_total/written"), 10000);
  EXPECT_EQ(number("/completions/by_result/ok"), 2);
  EXPECT_EQ(number("/completions/by_result/eof"), 1);
  EXPECT_EQ(number("/completions/by_result/error"), 1);
  EXPECT_EQ(number("/completions/by_result/cancelled"), 0);
  EXPECT_EQ(number("/completions/by_result/timeout"), 1);
  EXPECT_EQ(number("/completions/by_operation/accept/in_flight"), 1);
  EXPECT_EQ(number("/completions/by_operation/write/completed"), 1);
  EXPECT_EQ(number("/completions/submitted_total"), 6);
  EXPECT_EQ(number("/completions/completed_total"), 5);
  EXPECT_EQ(number("/completions/immediate_total"), 1);
  EXPECT_EQ(number("/queue/in_flight/accept"), 1);
  EXPECT_EQ(number("/queue/in_flight/total"), 1);
  EXPECT_TRUE(shown().at("consistent").as_bool());
}

TEST_F(JsonTest, says_when_the_identity_is_broken) {
  recorder.completed({OperationKind::send, Result::ok, 1, 1us, 1us});
  EXPECT_FALSE(shown().at("consistent").as_bool());
}

TEST_F(JsonTest, gives_latencies_in_microseconds_and_times_in_seconds) {
  complete(OperationKind::send, Result::ok, 1);
  recorder.handled(4us);
  recorder.dispatch_lag(8us);
  recorder.waited(stats::WaitReason::io, 3, 1500ms, 250ms);
  recorder.oldest_pending(7500ms);
  EXPECT_DOUBLE_EQ(real("/latency_us/send/p99"), 1.5);
  EXPECT_DOUBLE_EQ(real("/latency_us/all/max"), 1.5);
  EXPECT_EQ(number("/latency_us/all/count"), 1);
  EXPECT_EQ(number("/latency_us/receive/count"), 0);
  EXPECT_DOUBLE_EQ(real("/completion_to_handler_us/p50"), 0.25);
  EXPECT_DOUBLE_EQ(real("/handler_us/p90"), 4);
  EXPECT_DOUBLE_EQ(real("/dispatch_lag_us/max"), 8);
  EXPECT_DOUBLE_EQ(real("/loop/idle_seconds"), 1.5);
  EXPECT_DOUBLE_EQ(real("/loop/busy_seconds"), 0.25);
  EXPECT_DOUBLE_EQ(real("/loop/completions_per_wake"), 3);
  EXPECT_EQ(number("/loop/waits_total/io"), 1);
  EXPECT_DOUBLE_EQ(real("/queue/oldest_pending_seconds"), 2.5);
}

TEST_F(JsonTest, counts_connections_requests_and_slots) {
  recorder.connection_opened();
  recorder.connection_opened();
  recorder.connection_closed(CloseReason::slow_peer);
  recorder.connection_rejected();
  recorder.address_rejected();
  recorder.paused();
  recorder.paused();
  recorder.request_finished(206, true);
  recorder.request_finished(401, true);
  recorder.request_finished(0, false);
  recorder.wait_slots(2, 63);
  EXPECT_EQ(number("/connections/open"), 1);
  EXPECT_EQ(number("/connections/opened_total"), 2);
  EXPECT_EQ(number("/connections/closed/slow_peer"), 1);
  EXPECT_EQ(number("/queue/rejected_total"), 1);
  EXPECT_EQ(number("/queue/rejected_addresses_total"), 1);
  EXPECT_EQ(number("/pauses_total"), 2);
  EXPECT_EQ(number("/unauthorized_total"), 1);
  EXPECT_EQ(number("/queue/wait_slots/used"), 2);
  EXPECT_EQ(number("/queue/wait_slots/limit"), 63);
  EXPECT_EQ(number("/requests_total/2xx"), 1);
  EXPECT_EQ(number("/requests_total/none"), 1);
  EXPECT_EQ(number("/requests_incomplete_total"), 1);
  EXPECT_EQ(number("/loop/connections_per_thread/max"), 1);
  EXPECT_EQ(number("/loop/threads"), 1);
  EXPECT_EQ(number("/loop/shards"), 1);
}

TEST_F(JsonTest, shows_the_figures_of_a_model_alone) {
  EXPECT_TRUE(shown().at("specific").as_object().empty());
  recorder.apcs_run(5);
  recorder.longest_unalertable(20ms);
  EXPECT_DOUBLE_EQ(real("/specific/apcs_run_total"), 5);
  EXPECT_DOUBLE_EQ(real("/specific/longest_unalertable_seconds"), 0.02);
}

TEST(SharedJson, has_no_connections_per_thread) {
  stats::ModelStats stats{"asio", true};
  stats.add_thread().busy(true);
  const auto model = to_json(stats.snapshot(0s));
  EXPECT_TRUE(model.at("shared").as_bool());
  EXPECT_TRUE(model.at("loop").at("connections_per_thread").is_null());
  EXPECT_EQ(model.at("specific").at("threads_busy").to_number<int>(), 1);
}

}  // namespace
}  // namespace overlap::admin
