#include "common/stats/snapshot.h"

#include <algorithm>
#include <numeric>
#include <utility>

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

void ModelSnapshot::merge(const ModelSnapshot& other) {
  one_instant = false;  // the two were taken one after the other
  readable = readable && other.readable;
  for (std::size_t kind = 0; kind < operation_kinds; ++kind) {
    operations[kind] += other.operations[kind];
    latency[kind].merge(other.latency[kind]);
  }
  peak += other.peak;
  peak_is_upper_bound = true;
  oldest_pending = std::max(oldest_pending, other.oldest_pending);
  wait_slots_used += other.wait_slots_used;
  wait_slots_limit += other.wait_slots_limit;
  rejected += other.rejected;
  rejected_addresses += other.rejected_addresses;
  pauses += other.pauses;
  unauthorized += other.unauthorized;

  lag.merge(other.lag);
  handler.merge(other.handler);
  dispatch_lag.merge(other.dispatch_lag);

  for (std::size_t reason = 0; reason < wait_reasons; ++reason)
    waits[reason] += other.waits[reason];
  wait_completions += other.wait_completions;
  idle += other.idle;
  busy += other.busy;
  threads += other.threads;
  shards += other.shards;

  connections_opened += other.connections_opened;
  connections_open += other.connections_open;
  for (std::size_t reason = 0; reason < close_reasons; ++reason)
    connections_closed[reason] += other.connections_closed[reason];
  if (connections_per_thread && other.connections_per_thread) {
    connections_per_thread = {
        std::min(connections_per_thread->min, other.connections_per_thread->min),
        std::max(connections_per_thread->max, other.connections_per_thread->max)};
  } else if (other.connections_per_thread) {
    connections_per_thread = other.connections_per_thread;
  }
  for (std::size_t hundreds = 0; hundreds < status_classes; ++hundreds)
    requests[hundreds] += other.requests[hundreds];
  requests_incomplete += other.requests_incomplete;

  if (other.apc) {
    if (!apc) apc.emplace();
    apc->run += other.apc->run;
    apc->longest_unalertable = std::max(apc->longest_unalertable, other.apc->longest_unalertable);
    apc->unalertable.merge(other.apc->unalertable);
  }
  if (other.threads_busy) threads_busy = threads_busy.value_or(0) + *other.threads_busy;
}

std::vector<ModelSnapshot> merge_by_name(std::vector<ModelSnapshot> snapshots) {
  std::vector<ModelSnapshot> merged;
  for (ModelSnapshot& snapshot : snapshots) {
    const auto same = std::find_if(merged.begin(), merged.end(), [&](const ModelSnapshot& earlier) {
      return earlier.name == snapshot.name;
    });
    if (same == merged.end()) {
      merged.push_back(std::move(snapshot));
    } else {
      same->merge(snapshot);
    }
  }
  return merged;
}

}  // namespace overlap::stats
