// What each route answers. Throws Refusal for a problem of the request's.
#pragma once

#include <atomic>
#include <string>

#include "admin/api/management.h"
#include "admin/api/message.h"
#include "admin/api/query.h"
#include "admin/api/sampler.h"
#include "admin/api/stream.h"

namespace overlap::admin {

// A request whose path, parameters and rights have been checked.
struct Call {
  const Request& request;
  std::string name;  // what stands in the place of the template's {name} or {id}
  Query query;
};

// Any thread.
class Handlers {
 public:
  Handlers(Management management, const Sampler& sampler)
      : management_(management), sampler_(sampler), streams_(management.source, sampler) {}

  // ---- read
  Response live(const Call& call) const;
  Response ready(const Call& call) const;
  Response version(const Call& call) const;
  Response service(const Call& call) const;
  Response models(const Call& call) const;
  Response model(const Call& call) const;
  Response listeners(const Call& call) const;
  Response listener(const Call& call) const;
  Response connections(const Call& call) const;
  Response transfers(const Call& call) const;
  Response uploads(const Call& call) const;
  Response events(const Call& call) const;
  Response config(const Call& call) const;
  Response findings(const Call& call) const;
  Response history(const Call& call) const;
  Response stream(const Call& call) const;
  Response metrics(const Call& call) const;
  Response openapi(const Call& call) const;
  Response asset(const Call& call) const;

  // ---- change
  Response pause(const Call& call) const;
  Response resume(const Call& call) const;
  Response drain(const Call& call) const;
  Response switch_model(const Call& call) const;
  Response reload(const Call& call) const;
  Response close_connection(const Call& call) const;
  Response delete_upload(const Call& call) const;

  void end_streams() const noexcept { streams_.end(); }

 private:
  Response live_transfers(const Query& query) const;
  Response finished_transfers(const Query& query) const;
  Response state_of(const std::string& listener) const;
  Response change_listener(const management::Command& command, const std::string& listener) const;

  const Management management_;
  const Sampler& sampler_;
  mutable Streams streams_;
  mutable std::atomic<int> searches_{0};  // of the journal, under way
};

}  // namespace overlap::admin
