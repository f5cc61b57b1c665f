// Whether the service can be managed, and what it says of itself.
#include "admin/ctl/api.h"
#include "admin/ctl/doctor/check.h"
#include "admin/ctl/failure.h"
#include "admin/ctl/field.h"
#include "admin/ctl/program.h"

namespace overlap::ctl::doctor {
namespace {

Result judge_findings(const Answer& answer) {
  Result result{"management.findings", "findings of the service", State::ok, {}, {}};
  for (const Field finding : Field(answer.json)["findings"].items()) {
    const std::string severity = finding["severity"].text();
    if (severity != "error" && severity != "warning") continue;
    if (severity == "error") result.state = State::failed;
    if (result.state == State::ok) result.state = State::warning;
    result.found += finding["sentence"].text() + " " + finding["advice"].text() + " ";
  }
  if (result.state == State::ok) {
    result.found = "Nothing stands out.";
  } else {
    result.found.pop_back();
    result.mend = {"overlapctl findings"};
  }
  return result;
}

}  // namespace

std::vector<Result> check_endpoint(const Case& of) {
  if (!config_of(of).admin.enabled)
    throw NotKnown("the configuration turns the management endpoint off (admin.enabled)");
  Result result{"management.answers", "management endpoint", State::ok, {}, {}};
  try {
    const Endpoint endpoint = find_endpoint(of.arguments, of.program.surroundings);
    const auto client = of.program.connect(endpoint);
    Api api(*client, endpoint);
    const Answer answer = api.get("/api/v1/findings");
    result.found = "It answers at " + endpoint.url + ".";
    return {std::move(result), judge_findings(answer)};
  } catch (const NoAnswer& none) {
    if (of.service.process == 0) throw NotKnown("the service does not run");
    result.state = State::failed;
    result.found = none.what();
    result.mend = {"overlapctl stop", "overlapctl start"};
  } catch (const Failure& failure) {
    if (failure.code() == Exit::denied && !of.system.elevated)
      throw NotAllowed("the administrators' token cannot be read");
    result.state = State::failed;
    result.found = failure.what();
    if (failure.code() == Exit::denied) result.mend = {"overlapctl token rotate"};
  }
  return {std::move(result)};
}

}  // namespace overlap::ctl::doctor
