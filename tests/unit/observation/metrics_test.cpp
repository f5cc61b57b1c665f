#include "admin/api/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/unit/observation/scripted_service.h"

namespace overlap::admin {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}
std::vector<std::string> plain(const MetricsInput& input) {
  return lines_of(metrics(input, MetricsFormat::prometheus));
}
std::vector<std::string> open(const MetricsInput& input) {
  return lines_of(metrics(input, MetricsFormat::openmetrics));
}
MetricsInput with_model(const stats::ModelSnapshot& model) {
  MetricsInput input;
  input.models.push_back(model);
  return input;
}
stats::ModelSnapshot named(std::string_view name) {
  stats::ModelSnapshot model;
  model.name = name;
  return model;
}

TEST(Metrics, have_all_series_of_all_models_from_the_start) {
  const auto lines = plain({});
  for (const std::string_view model : config::model_names) {
    const std::string label = "{model=\"" + std::string{model} + '"';
    EXPECT_THAT(lines,
                Contains("overlap_operations_in_flight" + label + ",operation=\"send_file\"} 0"));
    EXPECT_THAT(lines, Contains("overlap_operations_completed_total" + label +
                                ",operation=\"accept\",result=\"timeout\"} 0"));
    EXPECT_THAT(lines, Contains("overlap_operation_latency_seconds_bucket" + label +
                                ",operation=\"read\",le=\"+Inf\"} 0"));
    EXPECT_THAT(lines, Contains("overlap_requests_total" + label + ",class=\"none\"} 0"));
    EXPECT_THAT(lines,
                Contains("overlap_connections_closed_total" + label + ",reason=\"tls_failed\"} 0"));
    EXPECT_THAT(lines, Contains("overlap_transfers_live" + label + ",direction=\"upload\"} 0"));
  }
  EXPECT_THAT(lines, Contains("overlap_findings{severity=\"error\"} 0"));
  EXPECT_THAT(lines, Contains("overlap_uploads_unfinished 0"));
}

TEST(Metrics, have_the_same_series_with_figures_as_without) {
  stats::ModelSnapshot model = named("apc");
  model.apc.emplace();
  model.connections_per_thread = {1, 2};
  const auto names = [](std::vector<std::string> lines) {
    for (std::string& line : lines) line.erase(line.rfind(' '));
    return lines;
  };
  EXPECT_EQ(names(plain(with_model(model))), names(plain({})));
}

TEST(Metrics, differ_between_the_formats_as_these_demand) {
  MetricsInput input;
  input.service.version = "1.2.3";
  const auto old_lines = plain(input);
  EXPECT_THAT(old_lines, Contains("# TYPE overlap_busy_seconds_total counter"));
  EXPECT_THAT(old_lines, Contains("# TYPE overlap_build_info gauge"));
  EXPECT_THAT(old_lines, Contains("overlap_build_info{version=\"1.2.3\"} 1"));
  EXPECT_THAT(old_lines, Not(Contains(HasSubstr("# UNIT"))));
  EXPECT_THAT(old_lines, Not(Contains("# EOF")));
  const auto new_lines = open(input);
  EXPECT_THAT(new_lines, Contains("# TYPE overlap_busy_seconds counter"));
  EXPECT_THAT(new_lines, Contains("# UNIT overlap_busy_seconds seconds"));
  EXPECT_THAT(new_lines, Contains("overlap_busy_seconds_total{model=\"apc\"} 0"));
  EXPECT_THAT(new_lines, Contains("# TYPE overlap_build info"));
  EXPECT_THAT(new_lines, Contains("overlap_build_info{version=\"1.2.3\"} 1"));
  EXPECT_EQ(new_lines.back(), "# EOF");
}

TEST(Metrics, name_each_family_once_and_in_order) {
  std::vector<std::string> families;
  for (const std::string& line : open({}))
    if (line.starts_with("# TYPE ")) families.push_back(line.substr(7, line.find(' ', 7) - 7));
  EXPECT_GT(families.size(), 40u);
  EXPECT_TRUE(std::is_sorted(families.begin(), families.end()));
  EXPECT_EQ(std::adjacent_find(families.begin(), families.end()), families.end());
}

TEST(Metrics, escape_labels) {
  MetricsInput input;
  input.listeners.emplace_back().name = "a\"b\\c\nd";
  EXPECT_THAT(plain(input),
              Contains("overlap_listener_connections{listener=\"a\\\"b\\\\c\\nd\"} 0"));
}

TEST(Metrics, count_exactly_at_the_bounds_of_histograms) {
  stats::ModelSnapshot model = named("device");
  model.handler.record(Instant{(1 << 20) - 1});
  model.handler.record(Instant{1 << 20});
  model.handler.record(2000s);
  const auto lines = plain(with_model(model));
  const std::string name = "overlap_handler_seconds_bucket{model=\"device\",le=\"";
  EXPECT_THAT(lines, Contains(name + "0.000524288\"} 0"));
  EXPECT_THAT(lines, Contains(name + "0.001048576\"} 1"));
  EXPECT_THAT(lines, Contains(name + "0.002097152\"} 2"));
  EXPECT_THAT(lines, Contains(name + "68.719476736\"} 2"));
  EXPECT_THAT(lines, Contains(name + "+Inf\"} 3"));
  EXPECT_THAT(lines, Contains("overlap_handler_seconds_count{model=\"device\"} 3"));
  EXPECT_THAT(
      lines,
      Contains(testing::StartsWith("overlap_handler_seconds_sum{model=\"device\"} 2000.0020971")));
}

TEST(Metrics, show_the_figures_of_a_model) {
  stats::ModelSnapshot model = named("event");
  model.operations[index(OperationKind::send)] = {
      .submitted = 9, .completed_by = {3, 0, 1, 0, 0}, .in_flight = 5, .ready = 2, .bytes = 100};
  model.operations[index(OperationKind::send_file)].bytes = 1000;
  model.wait_slots_used = 7;
  model.wait_slots_limit = 126;
  model.rejected = 5;
  model.rejected_addresses = 2;
  model.busy = 1500ms;
  model.oldest_pending = 250ms;
  model.requests[5] = 4;
  const auto lines = plain(with_model(model));
  EXPECT_THAT(lines,
              Contains("overlap_operations_submitted_total{model=\"event\",operation=\"send\"} 9"));
  EXPECT_THAT(lines,
              Contains("overlap_operations_in_flight{model=\"event\",operation=\"send\"} 5"));
  EXPECT_THAT(lines, Contains("overlap_operations_ready{model=\"event\",operation=\"send\"} 2"));
  EXPECT_THAT(lines,
              Contains("overlap_operations_completed_total{model=\"event\",operation=\"send\","
                       "result=\"error\"} 1"));
  EXPECT_THAT(lines, Contains("overlap_bytes_total{model=\"event\",direction=\"sent\"} 1100"));
  EXPECT_THAT(lines, Contains("overlap_wait_slots_limit{model=\"event\"} 126"));
  EXPECT_THAT(
      lines, Contains("overlap_connections_rejected_total{model=\"event\",reason=\"no_place\"} 3"));
  EXPECT_THAT(lines,
              Contains("overlap_connections_rejected_total{model=\"event\",reason=\"address\"} 2"));
  EXPECT_THAT(lines, Contains("overlap_busy_seconds_total{model=\"event\"} 1.5"));
  EXPECT_THAT(lines, Contains("overlap_operation_oldest_pending_seconds{model=\"event\"} 0.25"));
  EXPECT_THAT(lines, Contains("overlap_requests_total{model=\"event\",class=\"5xx\"} 4"));
}

TEST(Metrics, show_how_long_a_listener_has_not_turned) {
  MetricsInput input;
  input.listeners.emplace_back().name = "front";
  EXPECT_THAT(plain(input), Contains("overlap_listener_stalled_seconds{listener=\"front\"} 0"));
  input.listeners[0].stalled_seconds = 12.5;
  EXPECT_THAT(plain(input), Contains("overlap_listener_stalled_seconds{listener=\"front\"} 12.5"));
}

TEST(Metrics, show_the_state_of_a_listener) {
  MetricsInput input;
  management::ListenerState& listener = input.listeners.emplace_back();
  listener.name = "front";
  listener.model = config::ModelName::apc;
  listener.address = "::1";
  listener.port = 8443;
  listener.tls = true;
  listener.phase = management::ListenerPhase::draining;
  listener.connections = 3;
  listener.connections_max = 10;
  const auto lines = plain(input);
  EXPECT_THAT(lines,
              Contains("overlap_listener_info{listener=\"front\",model=\"apc\",address=\"::1\","
                       "port=\"8443\",tls=\"true\"} 1"));
  EXPECT_THAT(lines, Contains("overlap_listener_state{listener=\"front\",state=\"draining\"} 1"));
  EXPECT_THAT(lines, Contains("overlap_listener_state{listener=\"front\",state=\"running\"} 0"));
  EXPECT_THAT(lines, Contains("overlap_listener_connections{listener=\"front\"} 3"));
  EXPECT_THAT(lines, Contains("overlap_listener_connections_limit{listener=\"front\"} 10"));
}

TEST(Metrics, leave_out_what_windows_did_not_say) {
  MetricsInput input;
  EXPECT_THAT(plain(input), Not(Contains(testing::StartsWith("overlap_volume_free_bytes "))));
  input.service.free_bytes = 12;
  input.service.certificate_expires_unix_ms = 1500;
  EXPECT_THAT(plain(input), Contains("overlap_volume_free_bytes 12"));
  EXPECT_THAT(plain(input), Contains("overlap_certificate_expiry_timestamp_seconds 1.5"));
}

TEST(MetricsInput, counts_transfers_and_uploads) {
  ScriptedSource source;
  const ScriptedJournal journal;
  management::ConnectionState connection;
  connection.model = config::ModelName::event;
  source.connection_states.push_back(connection);
  connection.transfer.emplace();
  connection.transfer->direction = management::Direction::upload;
  source.connection_states.insert(source.connection_states.end(), 3, connection);
  source.upload_states.resize(2);
  const auto lines = plain(collect_metrics(source, journal, std::vector<findings::Finding>(1)));
  EXPECT_THAT(lines, Contains("overlap_transfers_live{model=\"event\",direction=\"upload\"} 3"));
  EXPECT_THAT(lines, Contains("overlap_transfers_live{model=\"event\",direction=\"download\"} 0"));
  EXPECT_THAT(lines, Contains("overlap_uploads_unfinished 2"));
  EXPECT_THAT(lines, Contains("overlap_findings{severity=\"info\"} 1"));
}

}  // namespace
}  // namespace overlap::admin
