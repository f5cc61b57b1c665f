#include "admin/api/routes.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>

namespace overlap::admin {
namespace {

using Type = ParameterType;

constexpr std::array connection_parameters{
    Parameter{"limit", Type::limit},   Parameter{"after", Type::id},
    Parameter{"listener", Type::text}, Parameter{"model", Type::model},
    Parameter{"state", Type::phase},   Parameter{"user", Type::text},
    Parameter{"peer", Type::text}};
constexpr std::array transfer_parameters{Parameter{"state", Type::live_or_finished},
                                         Parameter{"limit", Type::limit},
                                         Parameter{"after", Type::id},
                                         Parameter{"before", Type::id},
                                         Parameter{"since", Type::time},
                                         Parameter{"until", Type::time},
                                         Parameter{"listener", Type::text},
                                         Parameter{"model", Type::model},
                                         Parameter{"user", Type::text},
                                         Parameter{"path", Type::text},
                                         Parameter{"method", Type::text},
                                         Parameter{"result", Type::result}};
constexpr std::array upload_parameters{Parameter{"limit", Type::limit},
                                       Parameter{"after", Type::text}};
constexpr std::array event_parameters{Parameter{"after", Type::id}, Parameter{"limit", Type::limit},
                                      Parameter{"severity", Type::severity},
                                      Parameter{"newest", Type::flag}};
constexpr std::array history_parameters{Parameter{"seconds", Type::seconds},
                                        Parameter{"model", Type::model}};

// clang-format off
constexpr Route table[] = {
    {"GET", "/livez", Access::open, {}, &Handlers::live},
    {"GET", "/readyz", Access::open, {}, &Handlers::ready},
    {"GET", "/version", Access::read, {}, &Handlers::version},
    {"GET", "/api/v1/service", Access::read, {}, &Handlers::service},
    {"GET", "/api/v1/models", Access::read, {}, &Handlers::models},
    {"GET", "/api/v1/models/{name}", Access::read, {}, &Handlers::model},
    {"GET", "/api/v1/listeners", Access::read, {}, &Handlers::listeners},
    {"GET", "/api/v1/listeners/{name}", Access::read, {}, &Handlers::listener},
    {"POST", "/api/v1/listeners/{name}/pause", Access::change, {}, &Handlers::pause},
    {"POST", "/api/v1/listeners/{name}/resume", Access::change, {}, &Handlers::resume},
    {"POST", "/api/v1/listeners/{name}/drain", Access::change, {}, &Handlers::drain},
    {"POST", "/api/v1/listeners/{name}/model", Access::change, {}, &Handlers::switch_model},
    {"GET", "/api/v1/connections", Access::read, connection_parameters, &Handlers::connections},
    {"DELETE", "/api/v1/connections/{id}", Access::change, {}, &Handlers::close_connection},
    {"GET", "/api/v1/transfers", Access::read, transfer_parameters, &Handlers::transfers},
    {"GET", "/api/v1/uploads", Access::read, upload_parameters, &Handlers::uploads},
    {"DELETE", "/api/v1/uploads/{id}", Access::change, {}, &Handlers::delete_upload},
    {"GET", "/api/v1/events", Access::read, event_parameters, &Handlers::events},
    {"GET", "/api/v1/config", Access::read, {}, &Handlers::config},
    {"POST", "/api/v1/config/reload", Access::change, {}, &Handlers::reload},
    {"GET", "/api/v1/findings", Access::read, {}, &Handlers::findings},
    {"GET", "/api/v1/history", Access::read, history_parameters, &Handlers::history},
    {"GET", "/api/v1/stream", Access::read, {}, &Handlers::stream},
    {"GET", "/metrics", Access::read, {}, &Handlers::metrics},
    {"GET", "/openapi.json", Access::read, {}, &Handlers::openapi},
    {"GET", "/", Access::open, {}, &Handlers::asset},
    {"GET", "/assets/{name}", Access::open, {}, &Handlers::asset},
};
// clang-format on

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }
std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

// The first segment, without its '/', which is removed from `path`.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// Whether a path is one of a template's. Segments are compared one by one, so that neither "//" nor
// an escaped '/' leads anywhere else. A '?' where the name stands is never part of it.
bool matches(std::string_view path, std::string_view pattern, std::string& name) {
  while (!path.empty() && !pattern.empty()) {
    if (path.front() != '/') return false;
    const std::string_view segment = take_segment(path);
    const std::string_view wanted = take_segment(pattern);
    const auto decoded = percent_decoded(segment, false);
    if (!decoded) return false;
    if (!wanted.starts_with('{')) {
      if (*decoded != wanted) return false;
    } else {
      if (decoded->empty()) return false;
      name = *decoded;
    }
  }
  return path.empty() && pattern.empty();
}

struct Found {
  const Route* route = nullptr;  // null: 404 or 405
  std::string name;
  std::string allow;  // the methods that the path knows; empty: no such path
};

Found find(const Request& request) {
  Found found;
  const std::string_view path = path_of(request.target);
  const std::string_view sent = request.method;
  const std::string_view method = sent == "HEAD" ? "GET" : sent;
  for (const Route& route : table) {
    std::string name;
    if (!matches(path, route.path, name)) continue;
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += route.method == "GET" ? "GET, HEAD" : route.method;
    if (route.method != method) continue;
    found.route = &route;
    found.name = std::move(name);
  }
  return found;
}

Response not_here(const Found& found) {
  if (found.allow.empty()) return problem(404, "There is nothing at this path.");
  Response refused = problem(405, "This path knows other methods only.");
  refused.fields.emplace_back("Allow", found.allow);
  return refused;
}

bool only_reads(std::string_view method) { return method == "GET" || method == "HEAD"; }

}  // namespace

std::span<const Route> routes() noexcept { return table; }

std::optional<Response> Routes::refuse(const Request& request) const {
  const auto check = [&]() -> std::optional<Response> {
    if (auto refused = guard_.check_host(request)) return refused;
    const Found found = find(request);
    if (!found.route) return not_here(found);
    const Access access = found.route->access;
    if (access != Access::open)
      if (auto refused = guard_.check_page(request)) return refused;
    if (auto refused = guard_.check_token(request, access)) return refused;
    return Guard::check_content(request, access);
  };
  auto refused = check();
  if (refused) audit(request, *refused, false);
  return refused;
}

Response Routes::perform(const Request& request) const {
  const Found found = find(request);
  if (!found.route) return not_here(found);
  Response response;
  try {
    Query query{query_of(request.target), found.route->parameters};
    response = (handlers_.*found.route->handler)({request, found.name, std::move(query)});
  } catch (const Refusal& refusal) {
    response = problem(refusal.status, refusal.detail);
  } catch (...) {
    audit(request, problem(500, "The service failed to answer."), true);
    throw;
  }
  audit(request, response, true);
  return response;
}

// Every attempt to change something, and every attempt to read without permission.
void Routes::audit(const Request& request, const Response& response, bool admitted) const noexcept {
  if (only_reads(request.method) && response.status != 401 && response.status != 403) return;
  try {
    constexpr std::size_t action_bytes_max = 256;
    std::string action = request.method + ' ' + std::string{path_of(request.target)};
    action.resize(std::min(action.size(), action_bytes_max));
    commands_.audit({request.peer, std::move(action), response.status, response.detail, admitted});
  } catch (const std::bad_alloc&) {
    // Without memory for the text the record says at least that something happened.
    commands_.audit({{}, {}, response.status, {}, admitted});
  }
}

}  // namespace overlap::admin
