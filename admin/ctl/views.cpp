#include "admin/ctl/views.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/ctl/text.h"
#include "admin/ctl/units.h"

namespace overlap::ctl {
namespace {

constexpr auto right = Column::Align::right;
constexpr auto left = Column::Align::left;

std::string flag(Field field, const char* yes) { return field.yes() ? yes : "-"; }

}  // namespace

Colour colour_of_severity(const std::string& severity) noexcept {
  if (severity == "error") return Colour::red;
  if (severity == "warning") return Colour::yellow;
  return Colour::none;
}

Colour colour_of_phase(const std::string& listener_phase) noexcept {
  return listener_phase == "running" ? Colour::none : Colour::yellow;
}

std::string address_of(Field listener) {
  const std::string address = listener["address"].text_or_dash();
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + listener["port"].text_or_dash();
}

std::string progress_of(Field transfer) {
  const Field total = transfer["bytes_total"];
  if (!total.is_number()) return transfer["bytes"].show(show_bytes);
  if (total.number() <= 0) return "100%";
  const double percent = std::clamp(transfer["bytes"].number() / total.number(), 0.0, 1.0) * 100;
  return std::to_string(static_cast<int>(percent)) + "%";
}

std::string view_listeners(Field listeners, const Layout& layout) {
  Table table({{"LISTENER"},
               {"MODEL", left, false, 1},
               {"ADDRESS"},
               {"TLS", left, false, 1},
               {"STATE"},
               {"NOW", right},
               {"PEAK", right, false, 2},
               {"LIMIT", right, false, 1},
               {"TOTAL", right, false, 2},
               {"REJECTED", right, false, 1},
               {"STILL ON", left, false, 1}});
  for (const Field listener : listeners["listeners"].items()) {
    std::string state = listener["state"].text_or_dash();
    Colour colour = colour_of_phase(state);
    if (listener["accept_failing"].yes()) {
      state += ", accept fails";
      colour = Colour::red;
    }
    std::string former;
    for (const Field model : listener["former_models"].items()) {
      if (!former.empty()) former += ", ";
      former += model["model"].text() + " " + model["connections"].text();
    }
    const Field connections = listener["connections"];
    table.add({listener["name"].text(), listener["model"].text_or_dash(), address_of(listener),
               flag(listener["tls"], "yes"), state, connections["current"].show(show_count),
               connections["peak"].show(show_count), connections["limit"].show(show_count),
               connections["total"].show(show_count), listener["rejected_total"].show(show_count),
               former.empty() ? "-" : former},
              colour);
  }
  return table.text(layout);
}

std::string view_listener_line(Field listener) {
  const double connections = listener.at("connections.current").number();
  std::string line = "Listener " + listener["name"].text() + ": " + listener["state"].text() +
                     " on " + address_of(listener) + " by " + listener["model"].text() + ", " +
                     show_count(connections) + (connections == 1 ? " connection" : " connections");
  for (const Field former : listener["former_models"].items())
    line += ", " + former["connections"].text() + " of them still by " + former["model"].text();
  return printable(line) + ".\n";
}

std::string view_connections(Field connections, const Layout& layout) {
  Table table({{"ID", right},
               {"LISTENER"},
               {"MODEL", left, false, 3},
               {"PEER"},
               {"USER", left, true, 1},
               {"TLS", left, false, 4},
               {"STATE"},
               {"OPENED (UTC)", left, false, 4},
               {"REQUESTS", right, false, 3},
               {"RECEIVED", right, false, 2},
               {"SENT", right, false, 2},
               {"IDLE", right, false, 2},
               {"PATH", left, true, 1}});
  for (const Field one : connections["connections"].items()) {
    table.add({one["id"].text(), one["listener"].text_or_dash(), one["model"].text_or_dash(),
               one["peer"].text_or_dash(), one["user"].text_or_dash(), flag(one["tls"], "yes"),
               one["state"].text_or_dash(), show_time(one["opened"].text_or_dash()),
               one["requests_total"].show(show_count), one["bytes_received_total"].show(show_bytes),
               one["bytes_sent_total"].show(show_bytes), one["idle_seconds"].show(show_seconds),
               one.at("transfer.path").text_or_dash()});
  }
  return table.text(layout);
}

std::string view_live_transfers(Field transfers, const Layout& layout) {
  Table table({{"CONNECTION", right},
               {"LISTENER", left, false, 3},
               {"MODEL", left, false, 2},
               {"PEER", left, false, 3},
               {"USER", left, true, 1},
               {"METHOD", left, false, 2},
               {"DIRECTION", left, false, 1},
               {"DONE", right},
               {"BYTES", right, false, 1},
               {"OF", right, false, 2},
               {"RATE", right},
               {"TIME", right, false, 2},
               {"PATH", left, true}});
  for (const Field one : transfers["transfers"].items()) {
    table.add({one["connection"].text(), one["listener"].text_or_dash(),
               one["model"].text_or_dash(), one["peer"].text_or_dash(), one["user"].text_or_dash(),
               one["method"].text_or_dash(), one["direction"].text_or_dash(), progress_of(one),
               one["bytes"].show(show_bytes), one["bytes_total"].show(show_bytes),
               one["bytes_per_second"].show(show_rate), one["seconds"].show(show_seconds),
               one["path"].text_or_dash()});
  }
  return table.text(layout);
}

std::string view_finished_transfers(Field transfers, const Layout& layout) {
  Table table({{"ENDED (UTC)"},
               {"RESULT"},
               {"STATUS", right, false, 1},
               {"METHOD", left, false, 1},
               {"MODEL", left, false, 2},
               {"PEER", left, false, 3},
               {"USER", left, true, 1},
               {"RECEIVED", right, false, 1},
               {"SENT", right, false, 1},
               {"TIME", right, false, 2},
               {"PATH", left, true}});
  for (const Field one : transfers["transfers"].items()) {
    const std::string result = one["result"].text_or_dash();
    table.add({show_time(one["ended"].text_or_dash()), result, one["status"].text_or_dash(),
               one["method"].text_or_dash(), one["model"].text_or_dash(),
               one["peer"].text_or_dash(), one["user"].text_or_dash(),
               one["bytes_received"].show(show_bytes), one["bytes_sent"].show(show_bytes),
               one["seconds"].show(show_seconds), one["path"].text_or_dash()},
              result == "done" ? Colour::none : Colour::yellow);
  }
  return table.text(layout);
}

std::string view_finished_transfer(Field one, const Layout& layout) {
  const std::string result = one["result"].text_or_dash();
  const bool received = one["bytes_received"].number() > one["bytes_sent"].number();
  const std::string line = show_time_with_ms(one["ended"].text_or_dash()) + " " + result + " " +
                           one["status"].text_or_dash() + " " + one["method"].text_or_dash() + " " +
                           show_bytes(one[received ? "bytes_received" : "bytes_sent"].number()) +
                           " in " + one["seconds"].show(show_seconds) + " " +
                           one["model"].text_or_dash() + " " + one["peer"].text_or_dash() + " " +
                           one["user"].text_or_dash() + " " + one["path"].text_or_dash();
  return coloured(printable(line), result == "done" ? Colour::none : Colour::yellow,
                  layout.colour) +
         "\n";
}

std::string view_uploads(Field uploads, const Layout& layout) {
  Table table({{"ID"},
               {"DONE", right},
               {"BYTES", right, false, 1},
               {"OF", right, false, 1},
               {"USER", left, true, 1},
               {"TOUCHED (UTC)", left, false, 2},
               {"EXPIRES (UTC)", left, false, 1},
               {"ACTIVE", left, false, 2},
               {"PATH", left, true}});
  for (const Field one : uploads["uploads"].items()) {
    const Field length = one["length"];
    const double offset = one["offset"].number();
    std::string done = "-";
    if (length.is_number() && length.number() > 0) {
      const double percent = std::clamp(offset / length.number(), 0.0, 1.0) * 100;
      done = std::to_string(static_cast<int>(percent)) + "%";
    }
    table.add({one["id"].text(), done, one["offset"].show(show_bytes), length.show(show_bytes),
               one["user"].text_or_dash(), show_time(one["touched"].text_or_dash()),
               show_time(one["expires"].text_or_dash()), flag(one["active"], "yes"),
               one["path"].text_or_dash()});
  }
  return table.text(layout);
}

std::string view_event(Field event, const Layout& layout) {
  const std::string severity = event["severity"].text_or_dash();
  const std::string line =
      show_time_with_ms(event["time"].text_or_dash()) + " " + severity + " " + event["text"].text();
  return coloured(printable(line), colour_of_severity(severity), layout.colour) + "\n";
}

std::string view_findings(Field findings, const Layout& layout) {
  std::string text;
  const std::size_t columns = layout.columns == 0 ? 100 : layout.columns;
  for (const Field one : findings["findings"].items()) {
    const std::string severity = one["severity"].text_or_dash();
    std::string where = one["model"].text();
    if (const std::string listener = one["listener"].text(); !listener.empty())
      where += (where.empty() ? "listener " : ", listener ") + listener;
    std::string head = severity + "  " + one["id"].text_or_dash();
    if (!where.empty()) head += " (" + where + ")";
    head += "  since " + show_time(one["since"].text_or_dash()) + " UTC";
    text +=
        coloured(cut(printable(head), columns), colour_of_severity(severity), layout.colour) + "\n";
    const std::size_t room = columns > 6 ? columns - 4 : 2;
    for (const char* part : {"sentence", "advice"}) {
      for (const std::string& line : wrap(printable(one[part].text()), room))
        text += "    " + line + "\n";
    }
  }
  return text.empty() ? "Nothing stands out.\n" : text;
}

}  // namespace overlap::ctl
