// How the service is registered, and what became of its last run.
#include "admin/ctl/doctor/check.h"
#include "admin/ctl/exit.h"
#include "common/version.h"

namespace overlap::ctl::doctor {
namespace {

constexpr std::uint32_t service_specific_error = 1066;  // ERROR_SERVICE_SPECIFIC_ERROR

std::string why_stopped(const Service& service) {
  if (service.exit_code != service_specific_error) return service.exit_text;
  return std::string(meaning_of_failed_start(service.specific_code)) +
         " (the service's own exit code " + std::to_string(service.specific_code) + ")";
}

}  // namespace

std::vector<Result> check_installation(const Case& of) {
  std::vector<Result> results;
  for (Installed& fact : of.machine.installation(of.service)) {
    Result result{std::move(fact.id), std::move(fact.name), fact.state, {}, {}};
    if (fact.state == State::ok || fact.state == State::skipped)
      result.found = std::move(fact.found);
    else
      result.found = "Found: " + fact.found + ". Wanted: " + fact.wanted + ".";
    if (!fact.mend.empty()) result.mend.push_back(std::move(fact.mend));
    results.push_back(std::move(result));
  }
  return results;
}

// Each version knows its own installation best. No command: which of the two is to go is not known.
std::vector<Result> check_version(const Case& of) {
  const Service& service = of.service;
  if (service.executable.empty()) throw NotKnown("the service is not installed");
  if (service.version.empty()) throw NotKnown(service.executable + " tells no version");
  Result result{"service.version", "version of the service", State::ok, {}, {}};
  result.found = service.executable + " is of version " + service.version + ", ";
  if (service.version == program_version) {
    result.found += "as this overlapctl.";
  } else {
    result.state = State::warning;
    result.found +=
        "and this overlapctl of " + std::string(program_version) + ": use the one beside it.";
  }
  return {std::move(result)};
}

std::vector<Result> check_service_state(const Case& of) {
  const Service& service = of.service;
  if (!of.service_problem.empty()) throw std::runtime_error(of.service_problem);
  if (!service.installed) throw NotKnown("the service is not installed");
  Result result{"service.state", "state of the service", State::ok, {}, {}};
  switch (service.run) {
    case Service::Run::running:
      result.found = "It runs as process " + std::to_string(service.process) + ".";
      break;
    case Service::Run::paused:
      result.state = State::warning;
      result.found = "It is paused: new connections get 503.";
      result.mend = {"sc.exe continue Overlap"};
      break;
    case Service::Run::starting:
    case Service::Run::stopping:
      result.state = State::warning;
      result.found = service.run == Service::Run::starting
                         ? "It is starting. Look again in a minute."
                         : "It is stopping, and lets transfers end.";
      break;
    case Service::Run::stopped:
      result.mend = {"overlapctl start"};
      if (service.exit_code == 0) {
        result.state = State::warning;
        result.found = "It is stopped; its last run ended as asked, or there was none.";
      } else {
        result.state = State::failed;
        result.found = "It is stopped, and its last run failed: " + why_stopped(service) + ".";
      }
  }
  return {std::move(result)};
}

}  // namespace overlap::ctl::doctor
