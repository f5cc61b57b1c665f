// The results as a table for people, and as JSON for programs.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "admin/ctl/doctor/examine.h"
#include "admin/ctl/text.h"
#include "admin/ctl/units.h"
#include "common/version.h"

namespace overlap::ctl::doctor {
namespace {

Colour colour_of(State state) {
  switch (state) {
    case State::ok: return Colour::green;
    case State::warning: return Colour::yellow;
    case State::failed: return Colour::red;
    case State::skipped: return Colour::dim;
  }
  return Colour::none;
}

std::size_t count(const std::vector<Result>& results, State state) {
  return static_cast<std::size_t>(std::count_if(
      results.begin(), results.end(), [&](const Result& result) { return result.state == state; }));
}

std::string machine_of(const System& system) {
  std::string text = system.version;
  if (!system.wine.empty()) text += ", which is Wine " + system.wine;
  return text + (system.elevated ? "" : "; not as an administrator");
}

// What is wrong, in full: the table may have cut it.
std::string details(const std::vector<Result>& results, const Layout& layout) {
  std::string text;
  for (const Result& result : results) {
    if (result.state != State::warning && result.state != State::failed) continue;
    text += "\n" +
            coloured(printable(result.title) + ": " + std::string(name_of(result.state)),
                     colour_of(result.state), layout.colour) +
            "\n";
    const std::string found = printable(result.found);
    const std::vector<std::string> lines =
        layout.columns > 4 ? wrap(found, layout.columns - 4) : std::vector<std::string>{found};
    for (const std::string& line : lines) text += "    " + line + "\n";
    // Never broken into lines: it is to be copied.
    for (const std::string& command : result.mend) text += "  > " + printable(command) + "\n";
  }
  return text;
}

}  // namespace

std::string report_text(const System& system, const std::vector<Result>& results,
                        const Layout& layout) {
  Table table({{"STATE"}, {"CHECK"}, {"FOUND", Column::Align::left, true}});
  for (const Result& result : results)
    table.add({std::string(name_of(result.state)), result.title, result.found},
              colour_of(result.state));
  std::string summary;
  std::string separator;
  for (const State state : {State::ok, State::warning, State::failed, State::skipped}) {
    summary +=
        separator + std::to_string(count(results, state)) + " " + std::string(name_of(state));
    separator = ", ";
  }
  return std::string("overlapctl ") + program_version + " on " + printable(machine_of(system)) +
         "\n\n" + table.text(layout) + details(results, layout) + "\n" + summary + "\n";
}

std::string report_json(const System& system, const std::vector<Result>& results,
                        std::int64_t now_unix_ms) {
  boost::json::array checks;
  for (const Result& result : results)
    checks.push_back({{"id", result.id},
                      {"title", result.title},
                      {"state", name_of(result.state)},
                      {"found", result.found},
                      {"mend", boost::json::array(result.mend.begin(), result.mend.end())}});
  boost::json::object summary;
  for (const State state : {State::ok, State::warning, State::failed, State::skipped})
    summary[name_of(state)] = count(results, state);
  boost::json::object about{{"version", system.version}, {"elevated", system.elevated}};
  if (system.wine.empty())
    about["wine"] = nullptr;
  else
    about["wine"] = system.wine;
  const boost::json::object report{{"overlapctl", program_version},
                                   {"time", format_moment(now_unix_ms)},
                                   {"system", std::move(about)},
                                   {"summary", std::move(summary)},
                                   {"checks", std::move(checks)}};
  return boost::json::serialize(report) + "\n";
}

}  // namespace overlap::ctl::doctor
