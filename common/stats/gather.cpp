// Reading the recorders of a model into one snapshot; the reasoning stands in snapshot.h.
#include <algorithm>
#include <vector>

#include "common/stats/snapshot.h"

namespace overlap::stats {

// The only reader of a Recorder's members.
class Gatherer {
 public:
  Gatherer(std::span<const Recorder* const> recorders, const GatherOptions& options)
      : recorders_(recorders), options_(options) {
    snapshot_.name = options.name;
    snapshot_.shared = options.shared;
  }

  ModelSnapshot run() {
    read_counts();
    take_counts();
    snapshot_.peak_is_upper_bound = !options_.shared && recorders_.size() > 1;
    for (const Recorder* recorder : recorders_) {
      take_totals(*recorder);
      take_histograms(*recorder);
      if (get(recorder->running_)) take_gauges(*recorder);
    }
    if (options_.shared) snapshot_.shards = std::min<std::size_t>(snapshot_.threads, 1);
    return std::move(snapshot_);
  }

 private:
  struct Seen {
    CountValues counts;
    std::uint64_t sequence = 0;
  };

  template <class Value>
  static Value get(const std::atomic<Value>& cell) noexcept {
    return cell.load(std::memory_order_relaxed);
  }

  void read(const Recorder& recorder, Seen& seen) {
    constexpr unsigned attempts_a_round = 64;
    for (unsigned attempt = 0; attempt < options_.read_attempts; ++attempt) {
      if (recorder.counts_.try_read(seen.counts, seen.sequence)) return;
      if (options_.give_way && attempt % attempts_a_round == attempts_a_round - 1)
        options_.give_way(attempt / attempts_a_round);
    }
    snapshot_.readable = false;
  }

  void read_all(std::vector<Seen>& seen) {
    for (std::size_t i = 0; i < recorders_.size(); ++i) read(*recorders_[i], seen[i]);
  }

  void read_counts() {
    first_.resize(recorders_.size());
    second_.resize(recorders_.size());
    read_all(second_);
    const unsigned attempts = std::max(options_.instant_attempts, 1u);
    for (unsigned attempt = 0; attempt < attempts; ++attempt) {
      std::swap(first_, second_);
      read_all(second_);
      snapshot_.one_instant =
          std::equal(first_.begin(), first_.end(), second_.begin(),
                     [](const Seen& a, const Seen& b) { return a.sequence == b.sequence; });
      if (snapshot_.one_instant || !snapshot_.readable) return;
    }
  }

  void take_counts() {
    CountValues first;
    CountValues second;
    const auto add = [](std::int64_t& sum, const std::int64_t& value) { sum += value; };
    for (const Seen& seen : first_) first.for_each_with(seen.counts, add);
    for (const Seen& seen : second_) second.for_each_with(seen.counts, add);

    for (std::size_t kind = 0; kind < operation_kinds; ++kind) {
      OperationCounts& counts = snapshot_.operations[kind];
      std::int64_t completed_between = 0;
      for (std::size_t result = 0; result < results; ++result) {
        counts.completed_by[result] = first.completed[kind][result];
        completed_between += second.completed[kind][result] - first.completed[kind][result];
      }
      counts.submitted = second.submitted[kind];
      counts.in_flight = second.in_flight[kind] + completed_between;
      // Ready at the first read: each of those is in flight at the second, or completed in between.
      counts.ready = first.ready[kind];
      counts.immediate = second.immediate[kind];
      counts.bytes = first.bytes[kind];
    }

    std::int64_t closed_between = 0;
    for (std::size_t reason = 0; reason < close_reasons; ++reason) {
      snapshot_.connections_closed[reason] = first.closed[reason];
      closed_between += second.closed[reason] - first.closed[reason];
    }
    snapshot_.connections_opened = second.opened;
    snapshot_.connections_open = second.open + closed_between;

    if (!options_.shared) take_connections_per_thread();
  }

  void take_connections_per_thread() {
    for (std::size_t i = 0; i < recorders_.size(); ++i) {
      if (!get(recorders_[i]->running_)) continue;
      const std::int64_t open = second_[i].counts.open;
      auto& extremes = snapshot_.connections_per_thread;
      if (!extremes) extremes = {open, open};
      extremes = {std::min(extremes->min, open), std::max(extremes->max, open)};
    }
  }

  void take_totals(const Recorder& recorder) {
    if (recorder.shared_) {
      snapshot_.peak = recorder.shared_->peak();
    } else {
      snapshot_.peak += get(recorder.peak_);
    }
    snapshot_.rejected += get(recorder.rejected_);
    snapshot_.rejected_addresses += get(recorder.rejected_addresses_);
    snapshot_.pauses += get(recorder.pauses_);
    snapshot_.unauthorized += get(recorder.unauthorized_);
    for (std::size_t reason = 0; reason < wait_reasons; ++reason)
      snapshot_.waits[reason] += get(recorder.waits_[reason]);
    snapshot_.wait_completions += get(recorder.wait_completions_);
    snapshot_.idle += Instant{get(recorder.idle_)};
    snapshot_.busy += Instant{get(recorder.busy_)};
    for (std::size_t hundreds = 0; hundreds < status_classes; ++hundreds)
      snapshot_.requests[hundreds] += get(recorder.requests_[hundreds]);
    snapshot_.requests_incomplete += get(recorder.requests_incomplete_);
    if (get(recorder.alertable_)) {
      if (!snapshot_.apc) snapshot_.apc.emplace();
      snapshot_.apc->run += get(recorder.apcs_);
      snapshot_.apc->longest_unalertable =
          std::max(snapshot_.apc->longest_unalertable, Instant{get(recorder.unalertable_)});
      recorder.stretches_.add_to(snapshot_.apc->unalertable);
    }
  }

  void take_histograms(const Recorder& recorder) {
    for (std::size_t kind = 0; kind < operation_kinds; ++kind)
      recorder.latency_[kind].add_to(snapshot_.latency[kind]);
    recorder.lag_.add_to(snapshot_.lag);
    recorder.handler_.add_to(snapshot_.handler);
    recorder.dispatch_lag_.add_to(snapshot_.dispatch_lag);
  }

  // What only a thread that still runs can have.
  void take_gauges(const Recorder& recorder) {
    ++snapshot_.threads;
    ++snapshot_.shards;
    snapshot_.wait_slots_used += get(recorder.slots_used_);
    snapshot_.wait_slots_limit += get(recorder.slots_limit_);
    const Instant oldest{get(recorder.oldest_pending_)};
    if (oldest < options_.now)
      snapshot_.oldest_pending = std::max(snapshot_.oldest_pending, options_.now - oldest);
    if (options_.shared)
      snapshot_.threads_busy =
          snapshot_.threads_busy.value_or(0) + (get(recorder.is_busy_) ? 1 : 0);
  }

  std::span<const Recorder* const> recorders_;
  const GatherOptions& options_;
  std::vector<Seen> first_;
  std::vector<Seen> second_;
  ModelSnapshot snapshot_;
};

ModelSnapshot gather(std::span<const Recorder* const> recorders, const GatherOptions& options) {
  return Gatherer{recorders, options}.run();
}

}  // namespace overlap::stats
