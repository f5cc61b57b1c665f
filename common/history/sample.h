// What is remembered of one second of one model.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/stats/snapshot.h"
#include "common/time.h"

namespace overlap::history {

// First the operations in flight, in the order of OperationKind. Gauges are of the moment of the
// sample; rates and percentiles of the second that ended with it.
enum class Column : std::uint8_t {
  in_flight_accept,
  in_flight_receive,
  in_flight_send,
  in_flight_send_file,
  in_flight_read,
  in_flight_write,
  completions_per_second,
  latency_p50_us,  // of send, send_file, read and write: see stats::Interval
  latency_p90_us,
  latency_p99_us,
  dispatch_lag_p99_us,
  handler_p99_us,
  wait_slots_used,
  wait_slots_limit,
  connections,
  connections_per_thread_max,
  bytes_received_per_second,
  bytes_sent_per_second,
  rejected_per_second,
  requests_per_second,
};
inline constexpr std::size_t columns = 20;

// By Column, without the first operation_kinds: those go by operation_kind_names.
inline constexpr std::array<std::string_view, columns - operation_kinds> column_names{
    "completions_per_second",
    "latency_p50_us",
    "latency_p90_us",
    "latency_p99_us",
    "dispatch_lag_p99_us",
    "handler_p99_us",
    "wait_slots_used",
    "wait_slots_limit",
    "connections",
    "connections_per_thread_max",
    "bytes_received_per_second",
    "bytes_sent_per_second",
    "rejected_per_second",
    "requests_per_second"};
// In flight: Column of an operation, and of one of column_names.
constexpr Column in_flight(OperationKind kind) noexcept { return static_cast<Column>(index(kind)); }
constexpr Column named_column(std::size_t position) noexcept {
  return static_cast<Column>(operation_kinds + position);
}

// Seven digits of each value are kept: four bytes a value make an hour of a model 300 KB.
class Sample {
 public:
  Sample() noexcept;  // no value in any column

  std::int64_t unix_ms = 0;  // at the end of its second

  // Absent if nothing was measured: no completion in that second, the first sample of a model.
  std::optional<float> at(Column column) const noexcept;
  void set(Column column, double value) noexcept;

 private:
  std::array<float, columns> values_;  // NaN: absent
};

// `before` is null for the first sample of a model: rates and percentiles are absent then, as they
// are if the two snapshots do not belong together.
Sample make_sample(const stats::ModelSnapshot* before, const stats::ModelSnapshot& after,
                   Instant elapsed, std::int64_t unix_ms);

}  // namespace overlap::history
