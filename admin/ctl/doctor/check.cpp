#include "admin/ctl/doctor/check.h"

#include <array>

namespace overlap::ctl::doctor {
namespace {

template <config::ModelName model>
std::vector<Result> conformance_of(const Case& of) {
  return check_conformance(of, model);
}

constexpr std::array checks{
    Check{"installation", "installation", false, &check_installation},
    Check{"service.version", "version of the service", false, &check_version},
    Check{"service.state", "state of the service", false, &check_service_state},
    Check{"configuration", "configuration", false, &check_configuration},
    Check{"rights", "rights", false, &check_rights},
    Check{"served_folder", "served folder", false, &check_served_folder},
    Check{"port", "ports", false, &check_ports},
    Check{"certificate", "certificate", false, &check_certificate},
    Check{"disk", "disk", false, &check_disk},
    Check{"event_log", "Event Log", false, &check_event_log},
    Check{"management", "management endpoint", false, &check_endpoint},
    Check{"clock", "clock", false, &check_clock},
    Check{"rename", "delay of renames", false, &check_renames},
    Check{"dumps", "crash dumps", false, &check_dumps},
    Check{"conformance.device", "conformance of device, model 1 of 4", true,
          &conformance_of<config::ModelName::device>},
    Check{"conformance.event", "conformance of event, model 2 of 4", true,
          &conformance_of<config::ModelName::event>},
    Check{"conformance.apc", "conformance of apc, model 3 of 4", true,
          &conformance_of<config::ModelName::apc>},
    Check{"conformance.asio", "conformance of asio, model 4 of 4", true,
          &conformance_of<config::ModelName::asio>},
};

}  // namespace

std::span<const Check> all_checks() noexcept { return checks; }

std::string Case::config_folder() const {
  const std::size_t end = config_file.find_last_of("\\/");
  return end == std::string::npos ? "." : config_file.substr(0, end);
}

const config::Config& config_of(const Case& of) {
  if (!of.config) throw NotKnown("the configuration is not valid");
  return *of.config;
}

std::string crash_folder(const Case& of) { return of.config_folder() + "\\crashes"; }

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string service_entry(const Case& of, std::string_view rights) {
  return in_quotes("*" + of.system.service_sid + ":" + std::string(rights));
}

std::string install_command(const Case& of) {
  const std::string command = "overlapctl install";
  const std::string& program = of.service.executable;
  return program.empty() || !of.machine.exists(program)
             ? command
             : command + " --executable " + in_quotes(program);
}

std::string edit_config(const Case& of) { return "notepad " + in_quotes(of.config_file); }

}  // namespace overlap::ctl::doctor
