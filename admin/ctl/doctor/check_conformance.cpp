// The conformance suite of one I/O model, run here and now.
#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <cstdio>

#include "admin/ctl/doctor/check.h"
#include "admin/ctl/field.h"

namespace overlap::ctl::doctor {
namespace {

constexpr std::chrono::seconds time_limit{600};  // of one model; a busy machine takes a minute
constexpr std::size_t names_shown_max = 10;

std::string status_text(std::uint32_t code) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), code > 0xFFFF ? "0x%08X" : "%u", code);
  return text.data();
}

struct Outcome {
  std::size_t run = 0;
  std::size_t skipped = 0;
  std::vector<std::string> failed;
};

// Counted here, not taken from the totals: what is counted was read.
Outcome outcome_of(const boost::json::value& report) {
  Outcome outcome;
  for (const Field suite : Field(report)["testsuites"].items()) {
    for (const Field test : suite["testsuite"].items()) {
      if (test["status"].text() != "RUN") continue;
      if (test["result"].text() == "SKIPPED") {
        ++outcome.skipped;
        continue;
      }
      ++outcome.run;
      if (!test["failures"].items().empty())
        outcome.failed.push_back(test["classname"].text() + "." + test["name"].text());
    }
  }
  return outcome;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  const char* separator = "";
  for (std::size_t i = 0; i < std::min(names.size(), names_shown_max); ++i) {
    text += separator + names[i];
    separator = ", ";
  }
  if (names.size() > names_shown_max)
    text += " and " + std::to_string(names.size() - names_shown_max) + " more";
  return text;
}

void judge(const SuiteRun& run, Result& result) {
  result.state = State::failed;
  if (!run.in_time) {
    result.found =
        "The suite did not end within " + std::to_string(time_limit.count()) + " s and was ended.";
    return;
  }
  boost::system::error_code error;
  const boost::json::value report = boost::json::parse(run.report, error);
  if (run.report.empty() || error) {
    result.found =
        "The suite ended with status " + status_text(run.exit_code) +
        (run.report.empty() ? " and left no report." : ", and its report cannot be read.");
    return;
  }
  const Outcome outcome = outcome_of(report);
  const std::string cases = std::to_string(outcome.run) + (outcome.run == 1 ? " case" : " cases");
  if (!outcome.failed.empty()) {
    result.found = std::to_string(outcome.failed.size()) + " of " + cases +
                   " failed: " + list_of(outcome.failed) + ".";
  } else if (outcome.run == 0) {
    result.found = "The suite has no case for this model.";
  } else if (run.exit_code != 0) {
    result.found =
        cases + " passed, and then the suite ended with status " + status_text(run.exit_code) + ".";
  } else {
    result.state = State::ok;
    result.found = cases + " passed";
    if (outcome.skipped != 0) result.found += ", " + std::to_string(outcome.skipped) + " skipped";
    result.found += ".";
  }
}

}  // namespace

std::vector<Result> check_conformance(const Case& of, config::ModelName model) {
  const std::string name(config::name_of(model));
  Result result{"conformance." + name, "conformance of " + name, State::ok, {}, {}};
  // Typed cases are named "Suite/model.case".
  judge(of.machine.run_conformance("*/" + name + ".*", time_limit), result);
  return {std::move(result)};
}

}  // namespace overlap::ctl::doctor
