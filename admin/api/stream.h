// The snapshots that a browser or overlapctl follows: server-sent events (HTML Living Standard,
// "Server-sent events").
#pragma once

#include <atomic>
#include <cstddef>

#include "admin/api/message.h"
#include "admin/api/sampler.h"
#include "common/management/source.h"

namespace overlap::admin {

// Any thread.
class Streams {
 public:
  static constexpr std::size_t at_once_max = 8;  // each holds a thread of the endpoint
  static constexpr std::size_t transfers_max = 50;
  static constexpr std::size_t events_max = 50;

  Streams(const management::Source& source, const Sampler& sampler)
      : source_(source), sampler_(sampler) {}

  // An endless response of one event a second; a problem 503 while there are as many as may be.
  Response open();
  // Those that are open end soon; for the end of the endpoint.
  void end() noexcept;

 private:
  class Stream;

  const management::Source& source_;
  const Sampler& sampler_;
  std::atomic<std::size_t> open_{0};
  std::atomic<bool> ended_{false};
};

}  // namespace overlap::admin
