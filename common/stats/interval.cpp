#include "common/stats/interval.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace overlap::stats {
namespace {

std::int64_t bytes_of(const ModelSnapshot& model, OperationKind kind) {
  return model.operations[index(kind)].bytes;
}
std::int64_t received(const ModelSnapshot& model) {
  return bytes_of(model, OperationKind::receive);
}
std::int64_t sent(const ModelSnapshot& model) {
  return bytes_of(model, OperationKind::send) + bytes_of(model, OperationKind::send_file);
}

bool counters_have_fallen(const ModelSnapshot& before, const ModelSnapshot& after) {
  for (std::size_t kind = 0; kind < operation_kinds; ++kind) {
    if (after.operations[kind].completed() < before.operations[kind].completed()) return true;
    if (after.operations[kind].bytes < before.operations[kind].bytes) return true;
  }
  for (std::size_t hundreds = 0; hundreds < status_classes; ++hundreds)
    if (after.requests[hundreds] < before.requests[hundreds]) return true;
  return after.connections_opened < before.connections_opened || after.rejected < before.rejected ||
         after.rejected_addresses < before.rejected_addresses || after.pauses < before.pauses ||
         after.unauthorized < before.unauthorized || after.busy < before.busy ||
         after.idle < before.idle;
}

}  // namespace

std::int64_t Interval::requests_total() const noexcept {
  return std::accumulate(requests.begin(), requests.end(), std::int64_t{0});
}

std::optional<double> Interval::busy_share() const noexcept {
  const Instant all = busy + idle;
  if (all <= Instant::zero()) return std::nullopt;
  return static_cast<double>(busy.count()) / static_cast<double>(all.count());
}

std::optional<Interval> interval_between(const ModelSnapshot& before, const ModelSnapshot& after,
                                         Instant elapsed) {
  if (elapsed <= Instant::zero() || counters_have_fallen(before, after)) return std::nullopt;
  Interval between;
  between.seconds = std::chrono::duration<double>(elapsed).count();
  between.completed = after.total().completed() - before.total().completed();
  between.bytes_received = received(after) - received(before);
  between.bytes_sent = sent(after) - sent(before);
  between.rejected = after.rejected - before.rejected;
  between.rejected_addresses = after.rejected_addresses - before.rejected_addresses;
  for (std::size_t hundreds = 0; hundreds < status_classes; ++hundreds)
    between.requests[hundreds] = after.requests[hundreds] - before.requests[hundreds];
  between.pauses = after.pauses - before.pauses;
  between.unauthorized = after.unauthorized - before.unauthorized;
  between.busy = after.busy - before.busy;
  between.idle = after.idle - before.idle;
  for (const OperationKind kind :
       {OperationKind::send, OperationKind::send_file, OperationKind::read, OperationKind::write})
    between.io.merge(after.latency[index(kind)].since(before.latency[index(kind)]));
  between.lag = after.lag.since(before.lag);
  between.handler = after.handler.since(before.handler);
  between.dispatch_lag = after.dispatch_lag.since(before.dispatch_lag);
  if (after.apc)
    between.unalertable =
        after.apc->unalertable.since(before.apc ? before.apc->unalertable : Histogram{});
  return between;
}

}  // namespace overlap::stats
