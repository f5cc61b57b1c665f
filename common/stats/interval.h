// What a model did between two of its snapshots.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "common/stats/histogram.h"
#include "common/stats/snapshot.h"
#include "common/time.h"

namespace overlap::stats {

// Figures of one stretch of time; those without another unit are counts.
struct Interval {
  double seconds = 0;  // its length, above zero

  std::int64_t completed = 0;  // operations of all kinds
  std::int64_t bytes_received = 0;
  std::int64_t bytes_sent = 0;
  std::int64_t rejected = 0;            // connections that found no place
  std::int64_t rejected_addresses = 0;  // of them, for the number of their client's connections
  std::array<std::int64_t, status_classes> requests{};
  std::int64_t pauses = 0;
  std::int64_t unauthorized = 0;
  Instant busy{};
  Instant idle{};

  // Submit to completion of send, send_file, read and write. Accept and receive are left out: they
  // last until the peer does something, which says nothing about the model.
  Histogram io;
  Histogram lag;  // completion to handler
  Histogram handler;
  Histogram dispatch_lag;
  Histogram unalertable;  // stretches of apc threads outside an alertable wait

  std::int64_t requests_total() const noexcept;
  // The part of their time that the threads worked, 0..1; absent if no wait has ended meanwhile.
  std::optional<double> busy_share() const noexcept;
};

// Absent if the two do not belong together: no time lies between them, or a counter has fallen,
// because a listener on the model has gone or the service was started again.
std::optional<Interval> interval_between(const ModelSnapshot& before, const ModelSnapshot& after,
                                         Instant elapsed);

}  // namespace overlap::stats
