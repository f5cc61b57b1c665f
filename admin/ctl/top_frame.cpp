#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "admin/ctl/text.h"
#include "admin/ctl/top.h"
#include "admin/ctl/units.h"
#include "admin/ctl/views.h"

namespace overlap::ctl {
namespace {

constexpr auto right = Column::Align::right;
constexpr auto left = Column::Align::left;
constexpr std::array<std::string_view, transfer_orders> order_names{"rate", "bytes", "time", "path",
                                                                    "user"};

double sum_of(Field numbers) {
  double sum = 0;
  for (const auto& [name, number] : numbers.members()) sum += number.number();
  return sum;
}

std::string models(Field snapshot, const Layout& layout) {
  Table table({{"MODEL"},
               {"CONN", right},
               {"IN FLIGHT", right},
               {"COMPL/S", right, false, 1},
               {"REQ/S", right, false, 1},
               {"P50", right, false, 2},
               {"P99", right},
               {"LAG P99", right, false, 1},
               {"SLOTS", right, false, 2},
               {"RECEIVED", right},
               {"SENT", right},
               {"REJ/S", right, false, 3}});
  for (const Field model : snapshot["models"].items()) {
    const Field limit = model["wait_slots_limit"];
    table.add(
        {model["name"].text(), model["connections"].show(show_count),
         show_count(sum_of(model["in_flight"])), model["completions_per_second"].show(show_count),
         model["requests_per_second"].show(show_count),
         model["latency_p50_us"].show(show_microseconds),
         model["latency_p99_us"].show(show_microseconds),
         model["dispatch_lag_p99_us"].show(show_microseconds),
         limit.number() > 0
             ? model["wait_slots_used"].show(show_count) + "/" + limit.show(show_count)
             : "-",
         model["bytes_received_per_second"].show(show_rate),
         model["bytes_sent_per_second"].show(show_rate),
         model["rejected_per_second"].show(show_count)},
        model["rejected_per_second"].number() > 0 ? Colour::yellow : Colour::none);
  }
  return table.text(layout);
}

std::string listeners(Field snapshot, const Layout& layout) {
  Table table({{"LISTENER"},
               {"MODEL"},
               {"STATE"},
               {"NOW", right},
               {"PEAK", right, false, 1},
               {"LIMIT", right, false, 1},
               {"REJECTED", right, false, 2},
               {"ADDRESS", left, false, 1}});
  for (const Field one : snapshot["listeners"].items()) {
    const std::string state = one["state"].text_or_dash();
    const bool failing = one["accept_failing"].yes();
    table.add(
        {one["name"].text(), one["model"].text_or_dash(),
         failing ? state + ", accept fails" : state, one.at("connections.current").show(show_count),
         one.at("connections.peak").show(show_count), one.at("connections.limit").show(show_count),
         one["rejected_total"].show(show_count), address_of(one)},
        failing ? Colour::red : colour_of_phase(state));
  }
  return table.text(layout);
}

bool before(Field a, Field b, TransferOrder order) {
  switch (order) {
    case TransferOrder::rate:
      return a["bytes_per_second"].number() > b["bytes_per_second"].number();
    case TransferOrder::bytes: return a["bytes"].number() > b["bytes"].number();
    case TransferOrder::time: return a["seconds"].number() > b["seconds"].number();
    case TransferOrder::path: return a["path"].text() < b["path"].text();
    case TransferOrder::user: return a["user"].text() < b["user"].text();
  }
  return false;
}

std::string transfers(Field snapshot, const TopState& state, const Layout& layout) {
  std::vector<Field> sorted = snapshot["transfers"].items();
  std::stable_sort(sorted.begin(), sorted.end(), [&](Field a, Field b) {
    return state.reversed ? before(b, a, state.order) : before(a, b, state.order);
  });
  Table table({{"CONNECTION", right},
               {"MODEL", left, false, 2},
               {"USER", left, true, 2},
               {"METHOD", left, false, 1},
               {"DONE", right},
               {"BYTES", right, false, 1},
               {"RATE", right},
               {"TIME", right, false, 1},
               {"PATH", left, true}});
  for (const Field one : sorted) {
    table.add({one["connection"].text(), one["model"].text_or_dash(), one["user"].text_or_dash(),
               one["method"].text_or_dash(), progress_of(one), one["bytes"].show(show_bytes),
               one["bytes_per_second"].show(show_rate), one["seconds"].show(show_seconds),
               one["path"].text_or_dash()});
  }
  return table.text(layout);
}

std::string findings(Field snapshot, const Layout& layout) {
  std::string text;
  for (const Field one : snapshot["findings"].items()) {
    const std::string severity = one["severity"].text_or_dash();
    std::string line = printable(severity + ": " + one["sentence"].text());
    if (layout.columns != 0) line = cut(line, layout.columns);
    text += coloured(line, colour_of_severity(severity), layout.colour) + "\n";
  }
  return text;
}

std::string heading(Field snapshot, const TopState& state, const Layout& layout) {
  const std::string service = snapshot["state"].text_or_dash();
  std::string line = printable("Overlap " + service + " at " + state.url + ", " +
                               show_time(snapshot["time"].text_or_dash()) + " UTC");
  if (state.paused) line += ", paused";
  if (layout.columns != 0) line = cut(line, layout.columns);
  std::string text =
      coloured(line, service == "running" ? Colour::bold : Colour::yellow, layout.colour) + "\n";
  if (!state.problem.empty()) {
    line = printable(state.problem);
    if (layout.columns != 0) line = cut(line, layout.columns);
    text += coloured(line, Colour::red, layout.colour) + "\n";
  }
  return text;
}

std::string first_lines(const std::string& text, std::size_t rows) {
  std::size_t end = 0;
  for (std::size_t row = 0; row < rows && end < text.size(); ++row)
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  return text.substr(0, end);
}

}  // namespace

std::string top_frame(Field snapshot, const TopState& state, const Layout& layout,
                      std::size_t rows) {
  std::string text = heading(snapshot, state, layout);
  text += findings(snapshot, layout);
  text += "\n" + models(snapshot, layout) + "\n" + listeners(snapshot, layout);
  const std::size_t count = snapshot["transfers"].items().size();
  std::string title = "Transfers: " + std::to_string(count) + ", by " +
                      std::string(order_names[static_cast<std::size_t>(state.order)]) +
                      (state.reversed ? ", reversed" : "");
  if (layout.columns != 0) title = cut(title, layout.columns);
  text += "\n" + coloured(title, Colour::dim, layout.colour) + "\n";
  if (count != 0) text += transfers(snapshot, state, layout);
  return rows == 0 ? text : first_lines(text, rows);
}

}  // namespace overlap::ctl
