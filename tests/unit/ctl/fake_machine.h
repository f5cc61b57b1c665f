// A machine on which everything is as it should be, until a test breaks something.
#pragma once

#include <map>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "admin/ctl/doctor/machine.h"
#include "common/version.h"

namespace overlap::ctl::doctor {

class FakeMachine final : public Machine {
 public:
  FakeMachine() {
    about.version = "Windows 10.0.20348, server";
    about.elevated = true;
    about.service_sid = "S-1-5-80-7";
    registered.installed = true;
    registered.executable = "C:\\Program Files\\Overlap\\overlap-service.exe";
    registered.version = program_version;
    registered.config_file = "/etc/overlap.toml";
    registered.run = Service::Run::running;
    registered.process = 100;
    disk.name = "C:\\";
    disk.file_system = "NTFS";
    disk.bytes = 1000ull << 30;
    disk.free_bytes = 500ull << 30;
    rights.owner = "BUILTIN\\Administrators";
    rights.owner_trusted = rights.service_reads = rights.service_writes = true;
    ports = {{"127.0.0.1", 8100, 100, "overlap-service.exe"},
             {"127.0.0.1", 8103, 100, "overlap-service.exe"}};
    texts = {"C:\\Program Files\\Overlap\\overlap-service.exe", "Overlap has started."};
    times.as_program = {1, 1, 2};
    times.neutral = {1, 1, 1};
    suite.report = report_of(R"({"name":"a","classname":"Streams/apc","status":"RUN",)"
                             R"("result":"COMPLETED"})");
  }

  static std::string report_of(const std::string& cases) {
    return R"({"testsuites":[{"name":"Streams/apc","testsuite":[)" + cases + "]}]}";
  }

  System system() override { return about; }
  Service service() override {
    if (!service_is_known) throw std::runtime_error("no manager");
    return registered;
  }
  std::vector<Installed> installation(const Service&) override { return facts; }
  bool exists(const std::string& path) override { return !missing.contains(path); }
  std::optional<std::int64_t> changed_unix_ms(const std::string& path) override {
    const auto found = changed.find(path);
    return found == changed.end() ? std::nullopt : std::optional(found->second);
  }
  Access access(const std::string& path) override {
    if (!lists) throw NotKnown("the file system keeps none");
    const auto found = rights_on.find(path);
    return found == rights_on.end() ? rights : found->second;
  }
  Volume volume(const std::string& folder) override {
    const auto found = volumes.find(folder);
    return found == volumes.end() ? disk : found->second;
  }
  void try_to_write(const std::string&) override {
    if (write_error != 0)
      throw std::system_error(std::error_code(write_error, std::generic_category()), "no");
  }
  Renames measure_renames(const std::string&) override { return times; }
  Dumps dumps(const std::string&) override { return crashes; }
  std::vector<Listening> listening() override { return ports; }
  Messages messages() override { return texts; }
  std::optional<LastEvent> last_event() override {
    if (!log_is_readable) throw NotAllowed("the Application log cannot be read");
    return last;
  }
  SuiteRun run_conformance(const std::string& filter, std::chrono::seconds) override {
    filters.push_back(filter);
    if (suite_breaks) throw std::system_error(std::make_error_code(std::errc::io_error), "cannot");
    return suite;
  }

  System about;
  Service registered;
  bool service_is_known = true;
  std::vector<Installed> facts{{"service.image_path", "image path", "x", "x", "", State::ok}};
  std::set<std::string> missing;
  std::map<std::string, std::int64_t> changed;
  bool lists = true;
  Access rights;
  std::map<std::string, Access> rights_on;
  Volume disk;
  std::map<std::string, Volume> volumes;
  int write_error = 0;
  Renames times;
  Dumps crashes;
  std::vector<Listening> ports;
  Messages texts;
  bool log_is_readable = true;
  std::optional<LastEvent> last = LastEvent{1, 1'795'435'200'000 - 3'600'000};
  SuiteRun suite;
  bool suite_breaks = false;
  std::vector<std::string> filters;
};

}  // namespace overlap::ctl::doctor
