// The checks of the doctor, and what they look at.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "admin/ctl/doctor/machine.h"
#include "admin/ctl/doctor/result.h"
#include "common/config/config.h"

namespace overlap::ctl {
struct Arguments;
struct Program;
}  // namespace overlap::ctl

namespace overlap::ctl::doctor {

// One machine with one service. What could be found before any check is in it.
struct Case {
  Machine& machine;
  const Program& program;
  const Arguments& arguments;  // whose config_file is the one of the service
  std::string config_file;
  std::int64_t now_unix_ms = 0;

  System system;
  Service service;
  std::string service_problem;           // why nothing is known of it; empty: it is known
  std::optional<config::Config> config;  // nothing: it is not valid
  std::string config_problem;            // sentences, if so

  // The folder of the configuration file, where the service keeps its state.
  std::string config_folder() const;
};

struct Check {
  std::string_view id;  // of the result if it cannot be carried out
  std::string_view title;
  bool slow;  // takes minutes: left out by --quick
  // May throw NotKnown, Failure, NoAnswer and std::system_error for the check as a whole.
  std::vector<Result> (*run)(const Case& of);
};

// Every check, in the order in which they are run and shown.
std::span<const Check> all_checks() noexcept;

// By topic; a file each.
std::vector<Result> check_installation(const Case& of);
std::vector<Result> check_version(const Case& of);
std::vector<Result> check_service_state(const Case& of);
std::vector<Result> check_configuration(const Case& of);
std::vector<Result> check_rights(const Case& of);
std::vector<Result> check_served_folder(const Case& of);
std::vector<Result> check_ports(const Case& of);
std::vector<Result> check_certificate(const Case& of);
std::vector<Result> check_disk(const Case& of);
std::vector<Result> check_event_log(const Case& of);
std::vector<Result> check_endpoint(const Case& of);
std::vector<Result> check_clock(const Case& of);
std::vector<Result> check_renames(const Case& of);
std::vector<Result> check_dumps(const Case& of);
std::vector<Result> check_conformance(const Case& of, config::ModelName model);

// The configuration, for a check that needs it. Throws NotKnown if it is not valid.
const config::Config& config_of(const Case& of);
// Where the service leaves minidumps.
std::string crash_folder(const Case& of);
// `text` in the quotes of a command line, which no name of a file can hold.
std::string in_quotes(std::string_view text);
// An entry for `icacls /grant`. By its SID, which icacls takes also while there is no such service.
std::string service_entry(const Case& of, std::string_view rights);
// `overlapctl install` for the program that is registered, which may lie elsewhere than this one.
std::string install_command(const Case& of);
// "notepad" for the configuration file: what only a person can decide.
std::string edit_config(const Case& of);

}  // namespace overlap::ctl::doctor
