#include "common/stats/snapshot.h"

#include <algorithm>
#include <numeric>

namespace overlap::stats {

std::int64_t OperationCounts::completed() const noexcept {
  return std::accumulate(completed_by.begin(), completed_by.end(), std::int64_t{0});
}

bool OperationCounts::consistent() const noexcept {
  return submitted == completed() + in_flight && ready >= 0 && ready <= in_flight;
}

OperationCounts& OperationCounts::operator+=(const OperationCounts& other) noexcept {
  submitted += other.submitted;
  for (std::size_t result = 0; result < results; ++result)
    completed_by[result] += other.completed_by[result];
  in_flight += other.in_flight;
  ready += other.ready;
  immediate += other.immediate;
  bytes += other.bytes;
  return *this;
}

OperationCounts ModelSnapshot::total() const noexcept {
  OperationCounts sum;
  for (const OperationCounts& counts : operations) sum += counts;
  return sum;
}

Histogram ModelSnapshot::latency_of_all() const {
  Histogram all;
  for (const Histogram& histogram : latency) all.merge(histogram);
  return all;
}

std::int64_t ModelSnapshot::connections_closed_total() const noexcept {
  return std::accumulate(connections_closed.begin(), connections_closed.end(), std::int64_t{0});
}

double ModelSnapshot::completions_per_wake() const noexcept {
  const std::int64_t wakes = waits[static_cast<std::size_t>(WaitReason::io)];
  return wakes == 0 ? 0.0 : static_cast<double>(wait_completions) / static_cast<double>(wakes);
}

std::map<std::string, double> ModelSnapshot::specific() const {
  std::map<std::string, double> figures;
  if (apc) {
    const std::int64_t waited = std::accumulate(waits.begin(), waits.end(), std::int64_t{0});
    const auto run = static_cast<double>(apc->run);
    figures["apcs_run_total"] = run;
    figures["apcs_per_wait"] = waited == 0 ? 0.0 : run / static_cast<double>(waited);
    figures["longest_unalertable_seconds"] =
        std::chrono::duration<double>(apc->longest_unalertable).count();
  }
  if (threads_busy) figures["threads_busy"] = static_cast<double>(*threads_busy);
  return figures;
}

bool ModelSnapshot::consistent() const noexcept {
  return readable && connections_open >= 0 &&
         connections_opened == connections_closed_total() + connections_open &&
         std::all_of(operations.begin(), operations.end(),
                     [](const OperationCounts& counts) { return counts.consistent(); });
}

}  // namespace overlap::stats
