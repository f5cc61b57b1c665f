// The service as a whole: its state, its models, its configuration.
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/ctl/text.h"
#include "admin/ctl/units.h"
#include "admin/ctl/views.h"

namespace overlap::ctl {
namespace {

constexpr auto right = Column::Align::right;

std::string plural(double count, const char* one, const char* many) {
  return show_count(count) + " " + (count == 1 ? one : many);
}

void add_journal(Facts& facts, Field journal) {
  if (!journal["enabled"].yes()) {
    facts.add("Journal", "off");
    return;
  }
  facts.add("Journal", plural(journal["entries"].number(), "entry", "entries") + ", " +
                           journal["file_bytes"].show(show_bytes) + ", " +
                           journal["waiting"].show(show_count) + " waiting, " +
                           journal["dropped_total"].show(show_count) + " dropped");
  if (const std::string problem = journal["problem"].text(); !problem.empty())
    facts.add("", problem, Colour::red);
}

void add_listeners(Facts& facts, Field listeners) {
  std::map<std::string, int> states;
  double connections = 0;
  double count = 0;
  bool all_running = true;
  for (const Field listener : listeners["listeners"].items()) {
    const std::string state = listener["state"].text_or_dash();
    ++states[listener["accept_failing"].yes() ? "failing to accept" : state];
    all_running = all_running && state == "running" && !listener["accept_failing"].yes();
    connections += listener.at("connections.current").number();
    ++count;
  }
  std::string text = show_count(count);
  const char* separator = ": ";
  for (const auto& [state, number] : states) {
    text += separator + std::to_string(number) + " " + state;
    separator = ", ";
  }
  facts.add("Listeners", text, all_running ? Colour::none : Colour::yellow);
  facts.add("Connections", show_count(connections));
}

void add_findings(Facts& facts, Field findings) {
  std::map<std::string, int> severities;
  for (const Field one : findings["findings"].items()) ++severities[one["severity"].text_or_dash()];
  std::string text;
  for (const char* severity : {"error", "warning", "info"}) {
    const auto found = severities.find(severity);
    if (found == severities.end()) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(found->second) + " of severity " + severity;
  }
  const Colour colour = severities.contains("error")     ? Colour::red
                        : severities.contains("warning") ? Colour::yellow
                                                         : Colour::none;
  facts.add("Findings", text.empty() ? "none" : text + " (overlapctl findings)", colour);
}

std::string slots(Field queue) {
  const Field limit = queue.at("wait_slots.limit");
  if (!limit.is_number() || limit.number() == 0) return "-";
  return queue.at("wait_slots.used").show(show_count) + "/" + limit.show(show_count);
}

std::string toml_value(Field value) {
  const std::string text = value.text();
  if (value.is_number() || text == "true" || text == "false") return text;
  if (text.find('\'') == std::string::npos) return "'" + printable(text) + "'";
  return '"' + printable(text) + '"';
}

}  // namespace

std::string view_status(Field service, Field listeners, Field findings, const Layout& layout) {
  Facts facts;
  const std::string state = service["state"].text_or_dash();
  facts.add("Overlap " + service["version"].text_or_dash(),
            state + " for " + service["uptime_seconds"].show(show_seconds) + ", since " +
                show_time(service["started"].text_or_dash()) + " UTC, process " +
                service["process_id"].text_or_dash(),
            state == "running" ? Colour::green : Colour::yellow);
  facts.add("Configuration", service["config_file"].text_or_dash() + ", read " +
                                 show_time(service["config_loaded"].text_or_dash()) + " UTC");
  const Field volume = service["volume"];
  std::string folder = service["root"].text_or_dash();
  if (volume["free_bytes"].is_number())
    folder += ", " + volume["free_bytes"].show(show_bytes) + " free of " +
              volume["total_bytes"].show(show_bytes);
  facts.add("Folder", folder);
  const Field process = service["process"];
  facts.add("Process", process["memory_bytes"].show(show_bytes) + " memory, " +
                           process["handles"].show(show_count) + " handles, " +
                           process["threads"].show(show_count) + " threads, " +
                           process["cpu_seconds"].show(show_seconds) + " processor time");
  const Field certificate = service["certificate_expires"];
  facts.add("Certificate",
            certificate.known() ? "ends " + show_time(certificate.text()) + " UTC" : "none");
  add_journal(facts, service["journal"]);
  if (const double dropped = service["log_dropped_total"].number(); dropped > 0)
    facts.add("Log", plural(dropped, "record", "records") + " dropped", Colour::yellow);
  add_listeners(facts, listeners);
  add_findings(facts, findings);
  return facts.text(layout);
}

std::string view_models(Field models, const Layout& layout) {
  Table table({{"MODEL"},
               {"CONNECTIONS", right},
               {"IN FLIGHT", right},
               {"PEAK", right, false, 2},
               {"COMPLETED", right, false, 1},
               {"ERRORS", right, false, 1},
               {"P50", right, false, 1},
               {"P99", right},
               {"LAG P99", right, false, 1},
               {"SLOTS", right, false, 1},
               {"THREADS", right, false, 2},
               {"RECEIVED", right, false, 2},
               {"SENT", right, false, 2},
               {"REJECTED", right, false, 3}});
  for (const Field model : models["models"].items()) {
    table.add({model["name"].text(), model.at("connections.open").show(show_count),
               model.at("queue.in_flight.total").show(show_count),
               model.at("queue.peak").show(show_count),
               model.at("completions.completed_total").show(show_count),
               model.at("completions.by_result.error").show(show_count),
               model.at("latency_us.all.p50").show(show_microseconds),
               model.at("latency_us.all.p99").show(show_microseconds),
               model.at("dispatch_lag_us.p99").show(show_microseconds), slots(model["queue"]),
               model.at("loop.threads").show(show_count),
               model.at("completions.bytes_total.received").show(show_bytes),
               model.at("completions.bytes_total.sent").show(show_bytes),
               model.at("queue.rejected_total").show(show_count)});
  }
  return table.text(layout);
}

std::string view_model(Field model, const Layout& layout) {
  Facts facts;
  facts.add("Model", model["name"].text_or_dash());
  facts.add("Connections", model.at("connections.open").show(show_count) + " open, " +
                               model.at("connections.opened_total").show(show_count) +
                               " since the start, " +
                               model.at("queue.rejected_total").show(show_count) + " rejected");
  facts.add("Threads", model.at("loop.threads").show(show_count));
  if (const Field spread = model.at("loop.connections_per_thread"); spread.known())
    facts.add("Connections a thread",
              spread["min"].show(show_count) + " to " + spread["max"].show(show_count));
  facts.add("Wait slots", slots(model["queue"]));
  facts.add("In flight", model.at("queue.in_flight.total").show(show_count) + ", peak " +
                             model.at("queue.peak").show(show_count) + ", oldest pending " +
                             model.at("queue.oldest_pending_seconds").show(show_seconds));
  facts.add("Dispatch lag", "p50 " + model.at("dispatch_lag_us.p50").show(show_microseconds) +
                                ", p99 " + model.at("dispatch_lag_us.p99").show(show_microseconds));
  facts.add("Handlers", "p50 " + model.at("handler_us.p50").show(show_microseconds) + ", p99 " +
                            model.at("handler_us.p99").show(show_microseconds));
  facts.add("Completions a wake", model.at("loop.completions_per_wake").show(show_count));
  std::string requests;
  for (const auto& [name, count] : model["requests_total"].members()) {
    if (count.number() > 0) requests += (requests.empty() ? "" : ", ") + name + " " + count.text();
  }
  facts.add("Requests", requests.empty() ? "none" : requests);
  for (const auto& [name, figure] : model["specific"].members())
    facts.add(name, figure.show(show_count));

  Table table({{"OPERATION"},
               {"IN FLIGHT", right},
               {"SUBMITTED", right},
               {"COMPLETED", right},
               {"P50", right, false, 1},
               {"P90", right, false, 2},
               {"P99", right},
               {"MAX", right, false, 1}});
  for (const auto& [name, counts] : model.at("completions.by_operation").members()) {
    const Field latency = model["latency_us"][name];
    table.add({name, counts["in_flight"].show(show_count), counts["submitted"].show(show_count),
               counts["completed"].show(show_count), latency["p50"].show(show_microseconds),
               latency["p90"].show(show_microseconds), latency["p99"].show(show_microseconds),
               latency["max"].show(show_microseconds)});
  }
  return facts.text(layout) + "\n" + table.text(layout);
}

std::string view_config(Field config) {
  std::string text;
  const auto add_section = [&](const std::string& heading, Field section) {
    text += (text.empty() ? "" : "\n") + heading + "\n";
    for (const auto& [key, value] : section.members())
      text += printable(key) + " = " + toml_value(value) + "\n";
  };
  for (const auto& [name, section] : config["config"].members()) {
    if (name == "listener") {
      for (const Field listener : section.items()) add_section("[[listener]]", listener);
    } else {
      add_section("[" + printable(name) + "]", section);
    }
  }
  return text;
}

}  // namespace overlap::ctl
