// The counters of one thread that must be read together, and the seqlock that lets others do so.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "common/transfer/action.h"
#include "common/transfer/outcome.h"

namespace overlap::stats {

template <class Number>
using ByKind = std::array<Number, operation_kinds>;

// Every member is monotone, except the gauges `in_flight`, `ready` and `open`. A gauge of one
// thread may be negative: where threads share operations, one submits and another completes. Only
// the sum over the threads of a model means something.
template <class Number>
struct Counts {
  ByKind<Number> submitted{};
  ByKind<Number> in_flight{};  // counted on its own, so that the identity with the rest is a check
  ByKind<Number> ready{};
  ByKind<Number> immediate{};
  ByKind<Number> bytes{};
  ByKind<std::array<Number, results>> completed{};
  Number opened{};
  Number open{};
  std::array<Number, close_reasons> closed{};

  // Calls function(mine, theirs) for each pair of members of equal meaning.
  template <class Other, class Function>
  void for_each_with(Other& other, Function function) {
    for (std::size_t kind = 0; kind < operation_kinds; ++kind) {
      function(submitted[kind], other.submitted[kind]);
      function(in_flight[kind], other.in_flight[kind]);
      function(ready[kind], other.ready[kind]);
      function(immediate[kind], other.immediate[kind]);
      function(bytes[kind], other.bytes[kind]);
      for (std::size_t result = 0; result < results; ++result)
        function(completed[kind][result], other.completed[kind][result]);
    }
    function(opened, other.opened);
    function(open, other.open);
    for (std::size_t reason = 0; reason < close_reasons; ++reason)
      function(closed[reason], other.closed[reason]);
  }
};

using CountValues = Counts<std::int64_t>;

// Counts that one thread writes and any thread reads whole: a seqlock.
//
// The order that makes it hold, after Hans Boehm, "Can seqlocks get along with programming language
// memory models?" (MSPC 2012), in the form without fences: the writer makes the sequence odd,
// stores each member with release, and makes the sequence even with release. A reader who loads a
// member with acquire and finds a value of a later section also finds, at its second look at the
// sequence, that the sequence has moved. On x86-64 all of these are plain moves; and thread
// sanitizers, which do not follow fences, understand it.
class GuardedCounts {
 public:
  // Members are changed only while a section is open, by the single writer.
  class Section {
   public:
    explicit Section(GuardedCounts& guarded) noexcept
        : guarded_(guarded), sequence_(guarded.sequence_.load(std::memory_order_relaxed)) {
      guarded_.sequence_.store(sequence_ + 1, std::memory_order_relaxed);
    }
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;
    ~Section() { guarded_.sequence_.store(sequence_ + 2, std::memory_order_release); }

    Counts<std::atomic<std::int64_t>>* operator->() const noexcept { return &guarded_.counts_; }
    static void add(std::atomic<std::int64_t>& cell, std::int64_t amount) noexcept {
      cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_release);
    }

   private:
    GuardedCounts& guarded_;
    std::uint64_t sequence_;
  };

  // Any thread. False if the writer was at work meanwhile: `values` is then rubbish. On success
  // `sequence` names the state that was read: equal sequences are equal counts.
  bool try_read(CountValues& values, std::uint64_t& sequence) const noexcept;

 private:
  std::atomic<std::uint64_t> sequence_{0};  // odd while a section is open
  Counts<std::atomic<std::int64_t>> counts_;
};

}  // namespace overlap::stats
