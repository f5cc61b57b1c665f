#include "common/history/sample.h"

#include <gtest/gtest.h>

namespace overlap::history {
namespace {

using namespace std::chrono_literals;
using stats::ModelSnapshot;

TEST(Sample, begins_without_a_value) {
  const Sample sample;
  for (std::size_t column = 0; column < columns; ++column)
    EXPECT_FALSE(sample.at(static_cast<Column>(column)));
}

TEST(Sample, names_its_columns_in_their_order) {
  EXPECT_EQ(in_flight(OperationKind::write), Column::in_flight_write);
  EXPECT_EQ(column_names[0], "completions_per_second");
  EXPECT_EQ(named_column(0), Column::completions_per_second);
  EXPECT_EQ(column_names.back(), "requests_per_second");
  EXPECT_EQ(named_column(column_names.size() - 1), Column::requests_per_second);
  EXPECT_EQ(static_cast<std::size_t>(Column::requests_per_second) + 1, columns);
}

TEST(Sample, has_only_gauges_at_first) {
  ModelSnapshot model;
  model.operations[index(OperationKind::send)].in_flight = 7;
  model.wait_slots_used = 5;
  model.wait_slots_limit = 63;
  model.connections_open = 9;
  const Sample sample = make_sample(nullptr, model, {}, 1234);
  EXPECT_EQ(sample.unix_ms, 1234);
  EXPECT_EQ(sample.at(Column::in_flight_send), 7);
  EXPECT_EQ(sample.at(Column::in_flight_read), 0);
  EXPECT_EQ(sample.at(Column::wait_slots_used), 5);
  EXPECT_EQ(sample.at(Column::wait_slots_limit), 63);
  EXPECT_EQ(sample.at(Column::connections), 9);
  EXPECT_FALSE(sample.at(Column::connections_per_thread_max));
  EXPECT_FALSE(sample.at(Column::requests_per_second));
  EXPECT_FALSE(sample.at(Column::latency_p50_us));
}

TEST(Sample, has_rates_and_percentiles_of_its_second) {
  ModelSnapshot before;
  before.handler.record(10s);
  ModelSnapshot after = before;
  after.operations[index(OperationKind::read)].completed_by[0] = 30;
  after.operations[index(OperationKind::receive)].bytes = 100;
  after.operations[index(OperationKind::send_file)].bytes = 1000;
  after.rejected = 4;
  after.requests[2] = 6;
  after.connections_per_thread = {1, 3};
  for (int i = 0; i < 100; ++i) after.latency[index(OperationKind::read)].record(1us * i);
  after.dispatch_lag.record(1ms);
  const Sample sample = make_sample(&before, after, 2s, 0);
  EXPECT_EQ(sample.at(Column::completions_per_second), 15);
  EXPECT_EQ(sample.at(Column::bytes_received_per_second), 50);
  EXPECT_EQ(sample.at(Column::bytes_sent_per_second), 500);
  EXPECT_EQ(sample.at(Column::rejected_per_second), 2);
  EXPECT_EQ(sample.at(Column::requests_per_second), 3);
  EXPECT_EQ(sample.at(Column::connections_per_thread_max), 3);
  EXPECT_NEAR(sample.at(Column::latency_p50_us).value(), 49, 2);
  EXPECT_NEAR(sample.at(Column::latency_p90_us).value(), 89, 3);
  EXPECT_NEAR(sample.at(Column::latency_p99_us).value(), 98, 4);
  EXPECT_NEAR(sample.at(Column::dispatch_lag_p99_us).value(), 1000, 32);
  EXPECT_FALSE(sample.at(Column::handler_p99_us));
}

TEST(Sample, has_no_rates_when_counters_began_anew) {
  ModelSnapshot before;
  before.requests[2] = 1;
  const Sample sample = make_sample(&before, {}, 1s, 0);
  EXPECT_FALSE(sample.at(Column::requests_per_second));
  EXPECT_TRUE(sample.at(Column::connections));
}

}  // namespace
}  // namespace overlap::history
