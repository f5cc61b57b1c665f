// Whether each port is the service's own.
#include <algorithm>

#include "admin/ctl/doctor/check.h"

namespace overlap::ctl::doctor {
namespace {

struct Wanted {
  std::string name;
  std::string address;
  std::uint16_t port;
};

bool is_every_address(const std::string& address) {
  return address == "0.0.0.0" || address == "::";
}

bool meet(const Listening& one, const Wanted& wanted) {
  const bool same_family = (one.address.find(':') == std::string::npos) ==
                           (wanted.address.find(':') == std::string::npos);
  return one.port == wanted.port &&
         (one.address == wanted.address ||
          (same_family && (is_every_address(one.address) || is_every_address(wanted.address))));
}

std::string described(const Listening& one) {
  if (one.process == 0) return "a program that the system does not name";
  const std::string process = "process " + std::to_string(one.process);
  return one.program.empty() ? process : one.program + " (" + process + ")";
}

Result judge(const Case& of, const Wanted& wanted, const std::vector<Listening>& all) {
  Result result{"port." + wanted.name, "port of " + wanted.name, State::ok, {}, {}};
  const bool runs = of.service.process != 0;
  const std::string place = wanted.address + " port " + std::to_string(wanted.port);
  const auto is_own = [&](const Listening& one) {
    return runs && one.process == of.service.process;
  };
  const Listening* other = nullptr;
  bool own = false;
  for (const Listening& one : all) {
    if (!meet(one, wanted)) continue;
    own = own || is_own(one);
    if (!is_own(one)) other = &one;
  }
  if (own) {
    result.found = "The service listens on " + place + ".";
  } else if (other && runs && other->process == 0) {
    result.state = State::skipped;
    result.found = "Something listens on " + place + "; the system does not say what.";
  } else if (other) {
    result.state = State::failed;
    result.found = place + " is taken by " + described(*other) +
                   ". End that program, or give the service another port.";
    result.mend = {edit_config(of), runs ? "overlapctl reload" : "overlapctl start"};
  } else if (runs && of.service.run == Service::Run::running) {
    result.state = State::warning;
    result.found = "The service runs and does not listen on " + place +
                   ": it is drained, or failed; the log says which.";
    result.mend = {"overlapctl resume " + in_quotes(wanted.name)};
  } else {
    result.found = place + " is free.";
  }
  return result;
}

}  // namespace

std::vector<Result> check_ports(const Case& of) {
  const config::Config& config = config_of(of);
  const std::vector<Listening> all = of.machine.listening();
  std::vector<Result> results;
  if (config.admin.enabled)
    results.push_back(judge(of, {"management", config.admin.address, config.admin.port}, all));
  for (const config::Listener& one : config.listeners)
    results.push_back(judge(of, {one.name, one.address, one.port}, all));
  return results;
}

}  // namespace overlap::ctl::doctor
