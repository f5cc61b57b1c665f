#include "admin/api/routes.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "admin/api/json.h"

namespace overlap::admin {
namespace {

using boost::json::object;

constexpr std::string_view allowed_methods = "GET, HEAD";

// The phrases of RFC 9110, section 15, for the statuses that occur here.
std::string_view phrase(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
  }
}

Response json(int status, const object& body) {
  return {status, "application/json", boost::json::serialize(body), {}};
}

Response problem(int status, std::string_view detail, const object& more) {
  object body{
      {"type", "about:blank"}, {"title", phrase(status)}, {"status", status}, {"detail", detail}};
  for (const auto& member : more) body[member.key()] = member.value();
  return {status, "application/problem+json", boost::json::serialize(body), {}};
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// Without its port: "localhost:8100", "[::1]:8100". Empty if the port is not digits alone.
std::string_view host_without_port(std::string_view host) {
  const std::size_t literal_end = host.starts_with('[') ? host.find(']') : 0;
  if (literal_end == std::string_view::npos) return {};
  const std::size_t colon = host.find(':', literal_end);
  if (colon == std::string_view::npos) return host;
  const std::string_view port = host.substr(colon + 1);
  if (port.empty() || port.find_first_not_of("0123456789") != std::string_view::npos) return {};
  return host.substr(0, colon);
}

}  // namespace

Response problem(int status, std::string_view detail) { return problem(status, detail, {}); }

struct Routes::Route {
  std::string_view path;  // ending in '/': a name of one segment follows
  Response (Routes::*handler)(std::string_view name) const;
};

// Every path that the endpoint knows. All are read with GET or HEAD.
constexpr Routes::Route Routes::table[] = {
    {"/api/v1/models", &Routes::models}, {"/api/v1/models/", &Routes::model},
    {"/livez", &Routes::live},           {"/readyz", &Routes::ready},
    {"/version", &Routes::version},
};

Routes::Routes(const stats::SnapshotSource& source, Version version, std::string_view address)
    : source_(source), version_(std::move(version)), hosts_{"localhost", "127.0.0.1", "[::1]"} {
  // A listener on all addresses is reached under names that it cannot know: the list stays closed.
  if (address.empty() || address == "0.0.0.0" || address == "::") return;
  const bool v6 = address.find(':') != std::string_view::npos;
  hosts_.push_back(v6 ? '[' + std::string{address} + ']' : std::string{address});
}

bool Routes::may_name(std::string_view host) const {
  const std::string_view name = host_without_port(host);
  return std::any_of(hosts_.begin(), hosts_.end(), [&](const std::string& allowed) {
    return std::equal(name.begin(), name.end(), allowed.begin(), allowed.end(),
                      [](char left, char right) { return lower(left) == lower(right); });
  });
}

const Routes::Route* Routes::find(std::string_view path, std::string_view& name) {
  for (const Route& route : table) {
    if (!route.path.ends_with('/')) {
      if (path == route.path) return &route;
      continue;
    }
    if (!path.starts_with(route.path)) continue;
    name = path.substr(route.path.size());
    if (!name.empty() && name.find('/') == std::string_view::npos) return &route;
  }
  return nullptr;
}

Response Routes::respond(const Request& request) const {
  if (request.hosts.size() != 1) return problem(400, "The request must name one host.");
  if (!may_name(request.hosts.front()))
    return problem(421, "This endpoint answers under its own address and localhost only.");
  std::string_view name;
  const Route* route = find(request.path, name);
  if (!route) return problem(404, "There is nothing at this path.");
  if (request.method != "GET" && request.method != "HEAD") {
    Response refused = problem(405, "This path can only be read.");
    refused.allow = allowed_methods;
    return refused;
  }
  return (this->*route->handler)(name);
}

Response Routes::models(std::string_view) const {
  boost::json::array list;
  for (const stats::ModelSnapshot& model : source_.models()) list.push_back(to_json(model));
  return json(200, {{"state", source_.state()}, {"models", std::move(list)}});
}

Response Routes::model(std::string_view name) const {
  for (const stats::ModelSnapshot& model : source_.models())
    if (model.name == name) return json(200, to_json(model));
  return problem(404, "No listener uses a model of this name.");
}

Response Routes::live(std::string_view) const {
  return json(200, {{"live", true}, {"state", source_.state()}});
}

Response Routes::ready(std::string_view) const {
  const std::string state = source_.state();
  if (source_.ready()) return json(200, {{"ready", true}, {"state", state}});
  return problem(503, "Not every listener accepts connections.",
                 {{"ready", false}, {"state", state}});
}

Response Routes::version(std::string_view) const {
  return json(200, {{"name", version_.name}, {"version", version_.version}});
}

}  // namespace overlap::admin
