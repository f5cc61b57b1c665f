// All that those who manage the service can read of it. The service implements it; the admin
// endpoint knows nothing else.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "common/management/state.h"
#include "common/stats/snapshot.h"

namespace overlap::management {

// Thread-safe: every member may be called at any time, by several threads at once, and must answer
// while every model is saturated; it may take a short lock but wait for no I/O.
class Source {
 public:
  virtual ~Source() = default;

  // Every listener accepts connections.
  virtual bool ready() const = 0;
  // starting, running, paused, draining or stopped.
  virtual std::string run_state() const = 0;
  virtual ServiceState service() const = 0;
  // One object a model that has a listener, in the order of the configuration, then the models that
  // listeners have left and that still count. Listeners on the same model are counted together.
  virtual std::vector<stats::ModelSnapshot> models() const = 0;
  virtual std::vector<ListenerState> listeners() const = 0;
  // In the order of their ids, from the first one greater than `after`, at most `limit`; only those
  // for which `wanted` says yes. It is called under a lock: it must not call back.
  virtual std::vector<ConnectionState> connections(
      std::uint64_t after, std::size_t limit,
      const std::function<bool(const ConnectionState&)>& wanted) const = 0;
  // In the order of their ids, from the first one greater than `after`, at most `limit`.
  virtual std::vector<UploadState> uploads(std::string_view after, std::size_t limit) const = 0;
  // Those with a greater sequence than `after` and at least that severity: the oldest `limit` of
  // them.
  virtual EventPage events(std::uint64_t after, config::Severity at_least,
                           std::size_t limit) const = 0;
  virtual config::Config config() const = 0;  // in effect
};

}  // namespace overlap::management
