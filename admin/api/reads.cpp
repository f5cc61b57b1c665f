// What can be read.
#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>
#include <chrono>

#include "admin/api/handlers.h"
#include "admin/api/json.h"
#include "admin/api/metrics.h"
#include "admin/api/openapi.h"
#include "admin/api/rfc3339.h"
#include "admin/api/state_json.h"
#include "admin/web/assets.h"

namespace overlap::admin {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr std::size_t events_remembered_max = 1000;

std::int64_t now_unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

template <class List>
array listed(const List& list) {
  array values;
  values.reserve(list.size());
  for (const auto& one : list) values.push_back(to_json(one));
  return values;
}

// Whether there are more than `limit`, which are left out then.
template <class List>
bool cut(List& list, std::size_t limit) {
  if (list.size() <= limit) return false;
  list.resize(limit);
  return true;
}

// A path, or one that ends in '/' and all below it.
bool is_under(std::string_view path, std::string_view wanted) {
  return wanted.ends_with('/') ? path.starts_with(wanted) : path == wanted;
}

// What connections and live transfers are filtered by.
struct Wanted {
  explicit Wanted(const Query& query)
      : listener(query.text("listener")),
        model(query.model()),
        phase(query.choice("state", management::connection_phase_names)),
        peer(query.text("peer")) {
    if (query.has("user")) user = query.text("user");
  }

  bool operator()(const management::ConnectionState& connection) const {
    return (listener.empty() || connection.listener == listener) &&
           (!model || connection.model == *model) &&
           (!phase || static_cast<std::size_t>(connection.phase) == *phase) &&
           connection.peer.starts_with(peer);
  }

  std::string listener;
  std::optional<config::ModelName> model;
  std::optional<std::size_t> phase;
  std::string peer;
  std::optional<std::string> user;
};

}  // namespace

Response Handlers::live(const Call&) const {
  return json({{"live", true}, {"state", management_.source.run_state()}});
}

Response Handlers::ready(const Call&) const {
  const std::string state = management_.source.run_state();
  if (management_.source.ready()) return json({{"ready", true}, {"state", state}});
  return problem(503, "Not every listener accepts connections.",
                 {{"ready", false}, {"state", state}});
}

Response Handlers::version(const Call&) const {
  return json({{"name", "overlap"}, {"version", management_.source.service().version}});
}

Response Handlers::service(const Call&) const {
  return json(to_json(management_.source.service(), management_.journal.state(), now_unix_ms()));
}

Response Handlers::models(const Call&) const {
  return json(
      {{"state", management_.source.run_state()}, {"models", listed(management_.source.models())}});
}

Response Handlers::model(const Call& call) const {
  for (const stats::ModelSnapshot& model : management_.source.models())
    if (model.name == call.name) return json(to_json(model));
  return problem(404, "No listener uses a model of this name.");
}

Response Handlers::listeners(const Call&) const {
  return json({{"listeners", listed(management_.source.listeners())}});
}

Response Handlers::state_of(const std::string& name) const {
  for (const management::ListenerState& listener : management_.source.listeners())
    if (listener.name == name) return json(to_json(listener));
  return problem(404, "There is no listener of this name.");
}

Response Handlers::listener(const Call& call) const { return state_of(call.name); }

Response Handlers::connections(const Call& call) const {
  const Wanted wanted{call.query};
  const std::size_t limit = call.query.limit();
  auto found = management_.source.connections(
      call.query.number("after").value_or(0), limit + 1, [&](const auto& connection) {
        return wanted(connection) && (!wanted.user || connection.user == *wanted.user);
      });
  const bool more = cut(found, limit);
  return json({{"connections", listed(found)}, {"next", more ? value(found.back().id) : nullptr}});
}

Response Handlers::transfers(const Call& call) const {
  const bool finished = call.query.text("state") == "finished";
  for (const char* name : {"before", "since", "until", "method", "result"})
    if (!finished && call.query.has(name))
      throw Refusal{400, std::string{"The parameter "} + name + " goes with state=finished."};
  if (finished && call.query.has("after"))
    throw Refusal{400, "The parameter after goes with state=live; before with state=finished."};
  return finished ? finished_transfers(call.query) : live_transfers(call.query);
}

Response Handlers::live_transfers(const Query& query) const {
  const Wanted wanted{query};
  const std::string path = query.text("path");
  const std::size_t limit = query.limit();
  auto found = management_.source.connections(
      query.number("after").value_or(0), limit + 1, [&](const auto& connection) {
        const auto& transfer = connection.transfer;
        return transfer && wanted(connection) && (!wanted.user || transfer->user == *wanted.user) &&
               (path.empty() || is_under(transfer->path, path));
      });
  const bool more = cut(found, limit);
  array transfers;
  for (const auto& connection : found) transfers.push_back(transfer_of(connection));
  return json(
      {{"transfers", std::move(transfers)}, {"next", more ? value(found.back().id) : nullptr}});
}

Response Handlers::finished_transfers(const Query& query) const {
  if (!management_.journal.state().enabled)
    return problem(409, "Finished transfers are not kept: journal.enabled is false.");
  management::JournalQuery wanted;
  wanted.since_unix_ms = query.unix_ms("since");
  wanted.until_unix_ms = query.unix_ms("until");
  wanted.path = query.text("path");
  if (query.has("user")) wanted.user = query.text("user");
  wanted.model = query.model();
  wanted.listener = query.text("listener");
  wanted.method = query.text("method");
  if (const auto result = query.choice("result", management::transfer_result_names))
    wanted.result = static_cast<management::TransferResult>(*result);
  if (const auto before = query.number("before"))
    wanted.before = static_cast<std::int64_t>(*before);
  wanted.limit = query.limit();
  // A search may take seconds, and each holds a thread: others are to find one.
  constexpr int searches_max = 3;
  struct Search {
    explicit Search(std::atomic<int>& counter) : count(counter), place(++counter) {}
    ~Search() { --count; }
    std::atomic<int>& count;
    const int place;
  } const search{searches_};
  if (search.place > searches_max) {
    Response busy = problem(503, "Other searches of the journal are under way. Try again.");
    busy.fields.emplace_back("Retry-After", "1");
    return busy;
  }
  try {
    const management::JournalPage page = management_.journal.find(wanted);
    return json(
        {{"transfers", listed(page.entries)}, {"next", page.next ? value(*page.next) : nullptr}});
  } catch (const std::runtime_error& error) {
    return problem(500, error.what());
  }
}

Response Handlers::uploads(const Call& call) const {
  const std::size_t limit = call.query.limit();
  auto found = management_.source.uploads(call.query.text("after"), limit + 1);
  const bool more = cut(found, limit);
  return json(
      {{"uploads", listed(found)}, {"next", more ? value(to_utf8(found.back().id)) : nullptr}});
}

Response Handlers::events(const Call& call) const {
  const auto severity = call.query.choice("severity", config::severity_names);
  const auto at_least =
      severity ? static_cast<config::Severity>(*severity) : config::Severity::info;
  const std::uint64_t after = call.query.number("after").value_or(0);
  const std::size_t limit = call.query.limit();
  const bool newest = call.query.flag("newest");
  auto page = management_.source.events(after, at_least, newest ? events_remembered_max : limit);
  if (newest && page.events.size() > limit)
    page.events.erase(page.events.begin(), page.events.end() - static_cast<std::ptrdiff_t>(limit));
  return json({{"events", listed(page.events)},
               {"next", page.events.empty() ? after : page.events.back().sequence},
               {"lost", page.lost}});
}

Response Handlers::config(const Call&) const {
  return json({{"config", to_json(management_.source.config())}});
}

Response Handlers::findings(const Call&) const {
  const auto picture = sampler_.newest();
  if (!picture) throw Refusal{503, "The service has not been looked at yet."};
  return json({{"findings", listed(picture->findings)},
               {"evaluated", to_rfc3339(picture->moment->unix_ms)}});
}

Response Handlers::history(const Call& call) const {
  const auto seconds = call.query.number("seconds").value_or(history_seconds_max);
  const std::string model = call.query.has("model") ? call.query.text("model") : std::string{};
  return json({{"interval_seconds", history::interval_seconds},
               {"models", listed(sampler_.last(static_cast<std::int64_t>(seconds), model))}});
}

Response Handlers::stream(const Call&) const { return streams_.open(); }

Response Handlers::metrics(const Call& call) const {
  const auto picture = sampler_.newest();
  const MetricsInput input =
      collect_metrics(management_.source, management_.journal,
                      picture ? picture->findings : std::vector<findings::Finding>{});
  const MetricsFormat format = metrics_format_of(call.request.value("Accept"));
  Response response;
  response.content_type = content_type_of(format);
  response.body = admin::metrics(input, format);
  response.fields.emplace_back("Vary", "Accept");
  return response;
}

Response Handlers::openapi(const Call&) const {
  Response response;
  response.content_type = "application/json";
  response.body = openapi_document();
  return response;
}

Response Handlers::asset(const Call& call) const {
  const std::string_view path = call.name.empty() ? std::string_view{"/"} : call.request.target;
  for (const web::Asset& asset : web::assets()) {
    if (asset.path != path.substr(0, path.find('?'))) continue;
    Response response;
    response.fields = {{"ETag", std::string{asset.etag}},
                       {"Cache-Control", "no-cache"},
                       {"Content-Security-Policy", std::string{web::content_security_policy}}};
    if (call.request.value("If-None-Match") == asset.etag) {
      response.status = 304;
      return response;
    }
    response.content_type = asset.content_type;
    response.body = asset.bytes;
    return response;
  }
  return problem(404, "The dashboard has no such file.");
}

}  // namespace overlap::admin
