#include "common/history/sample.h"

#include <chrono>
#include <cmath>
#include <limits>

#include "common/stats/interval.h"

namespace overlap::history {
namespace {

double microseconds(Instant duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

void set_percentile(Sample& sample, Column column, const stats::Histogram& histogram, double part) {
  if (histogram.count() != 0) sample.set(column, microseconds(histogram.percentile(part)));
}

void set_gauges(Sample& sample, const stats::ModelSnapshot& model) {
  for (std::size_t kind = 0; kind < operation_kinds; ++kind)
    sample.set(static_cast<Column>(kind), static_cast<double>(model.operations[kind].in_flight));
  sample.set(Column::wait_slots_used, static_cast<double>(model.wait_slots_used));
  sample.set(Column::wait_slots_limit, static_cast<double>(model.wait_slots_limit));
  sample.set(Column::connections, static_cast<double>(model.connections_open));
  if (model.connections_per_thread)
    sample.set(Column::connections_per_thread_max,
               static_cast<double>(model.connections_per_thread->max));
}

}  // namespace

Sample::Sample() noexcept { values_.fill(std::numeric_limits<float>::quiet_NaN()); }

std::optional<float> Sample::at(Column column) const noexcept {
  const float value = values_[static_cast<std::size_t>(column)];
  if (std::isnan(value)) return std::nullopt;
  return value;
}

void Sample::set(Column column, double value) noexcept {
  values_[static_cast<std::size_t>(column)] = static_cast<float>(value);
}

Sample make_sample(const stats::ModelSnapshot* before, const stats::ModelSnapshot& after,
                   Instant elapsed, std::int64_t unix_ms) {
  Sample sample;
  sample.unix_ms = unix_ms;
  set_gauges(sample, after);
  if (!before) return sample;
  const auto between = stats::interval_between(*before, after, elapsed);
  if (!between) return sample;
  const auto per_second = [&](Column column, std::int64_t count) {
    sample.set(column, static_cast<double>(count) / between->seconds);
  };
  per_second(Column::completions_per_second, between->completed);
  per_second(Column::bytes_received_per_second, between->bytes_received);
  per_second(Column::bytes_sent_per_second, between->bytes_sent);
  per_second(Column::rejected_per_second, between->rejected);
  per_second(Column::requests_per_second, between->requests_total());
  set_percentile(sample, Column::latency_p50_us, between->io, 0.50);
  set_percentile(sample, Column::latency_p90_us, between->io, 0.90);
  set_percentile(sample, Column::latency_p99_us, between->io, 0.99);
  set_percentile(sample, Column::dispatch_lag_p99_us, between->dispatch_lag, 0.99);
  set_percentile(sample, Column::handler_p99_us, between->handler, 0.99);
  return sample;
}

}  // namespace overlap::history
