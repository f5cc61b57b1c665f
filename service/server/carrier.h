// Accepts and carries the connections of a listener on one I/O model. A listener that goes to
// another model gets another carrier; the former one carries what it has until it ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "common/config/config.h"
#include "common/management/journal.h"
#include "common/management/state.h"
#include "service/access/login_job.h"
#include "service/io/listen.h"
#include "service/server/conversations.h"
#include "service/server/model_statistics.h"
#include "service/server/places.h"
#include "service/store/store_job.h"
#include "service/win/handle.h"

namespace overlap::server {

// What the carriers of a server work with; outlives them.
struct CarrierServices {
  Conversations conversations;
  store::StoreApi<win::FileHandle>& store;
  access::LoginApi& logins;
  management::Journal* journal = nullptr;  // null: none is kept
  ModelStatistics statistics{};
  std::atomic<std::uint64_t> connections_begun{0};  // the last one's id
};

// What the carriers of one listener share; outlives them.
struct ListenerShare {
  Places places;
  std::atomic<bool> accepting{false};  // else connections are answered with 503
  std::atomic<bool> accept_failing{false};
  std::atomic<bool> full{false};  // and has said so
};

// How a carrier ends; only onwards, and any step may be left out.
enum class Phase : std::uint8_t {
  open,
  retiring,  // each connection ends after its next response
  draining,  // so do requests under way, and idle connections are closed
  closing,   // every connection is closed
};

// Connections that a list is made of.
struct ConnectionFilter {
  std::uint64_t after = 0;  // only greater ids
  const std::function<bool(const management::ConnectionState&)>& wanted;
};

// accept, release and the destructor are called by one thread, the others by any.
class Carrier {
 public:
  virtual ~Carrier() = default;  // empty() must hold, and release() have been called

  // Accepts on `socket`, which is taken only if it succeeds. Throws std::system_error.
  virtual void accept(io::ListenSocket&& socket) = 0;
  // Accepts no more and gives the socket back; it is closed, and nothing given back, if the model
  // cannot let go of it. Returns when no accept is outstanding. Harmless if it does not accept.
  virtual std::optional<io::ListenSocket> release() = 0;
  virtual void enter(Phase phase) = 0;
  // Nothing is connected, and nobody is about to post to the model.
  virtual bool empty() const = 0;
  virtual std::size_t connections() const = 0;
  // Once a second: measures the dispatch lag.
  virtual void probe() = 0;
  // For how long the last probe of the shard that is worst off has been waiting.
  virtual Instant stalled_for(Instant now) const = 0;
  // Closes a connection soon. False if it is not one of them.
  virtual bool close_connection(std::uint64_t id) = 0;
  // Adds the connections that the filter lets through, in any order. Throws std::bad_alloc.
  virtual void list(const ConnectionFilter& filter,
                    std::vector<management::ConnectionState>& connections) const = 0;
  virtual config::ModelName model() const noexcept = 0;
  // How many connections can be served at once.
  virtual std::size_t places() const noexcept = 0;
};

// Starts its threads, and accepts nothing yet. Throws std::system_error.
std::unique_ptr<Carrier> make_carrier(const config::Listener& config, CarrierServices& services,
                                      ListenerShare& share);

}  // namespace overlap::server
