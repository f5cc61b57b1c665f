#include "admin/api/json.h"

#include <boost/json/value.hpp>
#include <chrono>
#include <string_view>

namespace overlap::admin {
namespace {

using boost::json::object;
using stats::ModelSnapshot;
using stats::OperationCounts;

double seconds(Instant duration) { return std::chrono::duration<double>(duration).count(); }
double microseconds(Instant duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

// One member per name, with the value of the same index.
template <class Names, class Values>
object named(const Names& names, const Values& values) {
  static_assert(std::tuple_size_v<Names> == std::tuple_size_v<Values>);
  object members;
  for (std::size_t i = 0; i < names.size(); ++i) members[names[i]] = values[i];
  return members;
}

object queue(const ModelSnapshot& model, const OperationCounts& total) {
  object in_flight;
  for (std::size_t kind = 0; kind < operation_kinds; ++kind)
    in_flight[operation_kind_names[kind]] = model.operations[kind].in_flight;
  in_flight["total"] = total.in_flight;
  return {{"in_flight", std::move(in_flight)},
          {"ready", total.ready},
          {"peak", model.peak},
          {"peak_is_upper_bound", model.peak_is_upper_bound},
          {"oldest_pending_seconds", seconds(model.oldest_pending)},
          {"wait_slots", {{"used", model.wait_slots_used}, {"limit", model.wait_slots_limit}}},
          {"rejected_total", model.rejected},
          {"rejected_addresses_total", model.rejected_addresses}};
}

object completions(const ModelSnapshot& model, const OperationCounts& total) {
  object by_operation;
  for (std::size_t kind = 0; kind < operation_kinds; ++kind) {
    const OperationCounts& counts = model.operations[kind];
    by_operation[operation_kind_names[kind]] = {{"submitted", counts.submitted},
                                                {"completed", counts.completed()},
                                                {"in_flight", counts.in_flight}};
  }
  const auto bytes = [&](OperationKind kind) { return model.operations[index(kind)].bytes; };
  return {{"submitted_total", total.submitted},
          {"completed_total", total.completed()},
          {"by_result", named(result_names, total.completed_by)},
          {"by_operation", std::move(by_operation)},
          {"immediate_total", total.immediate},
          {"bytes_total",
           {{"received", bytes(OperationKind::receive)},
            {"sent", bytes(OperationKind::send) + bytes(OperationKind::send_file)},
            {"read", bytes(OperationKind::read)},
            {"written", bytes(OperationKind::write)}}}};
}

object latency(const ModelSnapshot& model) {
  object histograms{{"all", to_json(model.latency_of_all())}};
  for (std::size_t kind = 0; kind < operation_kinds; ++kind)
    histograms[operation_kind_names[kind]] = to_json(model.latency[kind]);
  return histograms;
}

object loop(const ModelSnapshot& model) {
  object figures{{"waits_total", named(stats::wait_reason_names, model.waits)},
                 {"completions_per_wake", model.completions_per_wake()},
                 {"busy_seconds", seconds(model.busy)},
                 {"idle_seconds", seconds(model.idle)},
                 {"threads", model.threads},
                 {"shards", model.shards},
                 {"connections_per_thread", nullptr}};
  if (model.connections_per_thread)
    figures["connections_per_thread"] = {{"min", model.connections_per_thread->min},
                                         {"max", model.connections_per_thread->max}};
  return figures;
}

}  // namespace

object to_json(const stats::Histogram& histogram) {
  return {{"count", histogram.count()},
          {"p50", microseconds(histogram.percentile(0.50))},
          {"p90", microseconds(histogram.percentile(0.90))},
          {"p99", microseconds(histogram.percentile(0.99))},
          {"max", microseconds(histogram.max())}};
}

object to_json(const ModelSnapshot& model) {
  const OperationCounts total = model.total();
  object specific;
  for (const auto& [name, figure] : model.specific()) specific[name] = figure;
  return {{"name", model.name},
          {"shared", model.shared},
          {"consistent", model.consistent()},
          {"queue", queue(model, total)},
          {"completions", completions(model, total)},
          {"latency_us", latency(model)},
          {"completion_to_handler_us", to_json(model.lag)},
          {"handler_us", to_json(model.handler)},
          {"dispatch_lag_us", to_json(model.dispatch_lag)},
          {"loop", loop(model)},
          {"connections",
           {{"open", model.connections_open},
            {"opened_total", model.connections_opened},
            {"closed", named(stats::close_reason_names, model.connections_closed)}}},
          {"requests_total", named(stats::status_class_names, model.requests)},
          {"unauthorized_total", model.unauthorized},
          {"pauses_total", model.pauses},
          {"requests_incomplete_total", model.requests_incomplete},
          {"specific", std::move(specific)}};
}

}  // namespace overlap::admin
