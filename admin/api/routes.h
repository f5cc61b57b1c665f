// What the endpoint knows: one table of methods and paths, each with its parameters and rights.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "admin/api/guard.h"
#include "admin/api/handlers.h"

namespace overlap::admin {

struct Route {
  std::string_view method;  // GET answers HEAD as well
  std::string_view path;    // a template: {name} or {id} stands for one segment
  Access access;
  std::span<const Parameter> parameters;
  Response (Handlers::*handler)(const Call& call) const;
};

// In the order of the document; the paths of one method differ.
std::span<const Route> routes() noexcept;

// Requests in, responses out. Any thread.
class Routes {
 public:
  Routes(Guard& guard, Management management, const Sampler& sampler)
      : guard_(guard), commands_(management.commands), handlers_(management, sampler) {}

  // Why a request is refused before its content is read; nothing if it may be performed.
  std::optional<Response> refuse(const Request& request) const;
  // One that was not refused. A HEAD is answered like a GET; whoever sends the response leaves the
  // body out. Throws what the service throws, after an audit record.
  Response perform(const Request& request) const;
  // For the end of the endpoint: nothing ends the stream of a client that stays.
  void end_streams() const noexcept { handlers_.end_streams(); }

 private:
  void audit(const Request& request, const Response& response, bool admitted) const noexcept;

  Guard& guard_;
  management::Commands& commands_;
  const Handlers handlers_;
};

}  // namespace overlap::admin
