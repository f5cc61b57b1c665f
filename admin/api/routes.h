// What the management endpoint answers. Requests in, responses out: no socket, no HTTP library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/stats/source.h"

namespace overlap::admin {

struct Version {
  std::string name = "overlap";
  std::string version;
};

struct Request {
  std::string method;
  std::string path;                // decoded, without the query
  std::vector<std::string> hosts;  // every Host field, as sent
};

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::string allow;  // the Allow field, with 405 only
};

// An error as "application/problem+json" (RFC 9457). `title` is the status' own phrase, so the type
// is about:blank.
Response problem(int status, std::string_view detail);

// Thread-safe. `source` must outlive it.
class Routes {
 public:
  // `address` is the one that the endpoint listens on: a request may name it as its host.
  Routes(const stats::SnapshotSource& source, Version version, std::string_view address);

  // A HEAD is answered like a GET; whoever sends the response leaves the body out.
  Response respond(const Request& request) const;

 private:
  struct Route;
  static const Route table[];

  bool may_name(std::string_view host) const;
  static const Route* find(std::string_view path, std::string_view& name);

  Response models(std::string_view name) const;
  Response model(std::string_view name) const;
  Response live(std::string_view name) const;
  Response ready(std::string_view name) const;
  Response version(std::string_view name) const;

  const stats::SnapshotSource& source_;
  const Version version_;
  // The names under which a browser's page may reach the endpoint. Any other is a name that
  // someone else has pointed at this machine (DNS rebinding), and gets nothing.
  std::vector<std::string> hosts_;
};

}  // namespace overlap::admin
