#include "admin/ctl/doctor/win_facts.h"
#include "admin/ctl/platform.h"
#include "service/log/wide.h"

namespace overlap::ctl {
namespace doctor {
namespace {

class WindowsMachine final : public Machine {
 public:
  System system() override { return windows_system(); }
  Service service() override { return windows_service(); }
  std::vector<Installed> installation(const Service& service) override {
    return windows_installation(service);
  }
  bool exists(const std::string& path) override {
    return GetFileAttributesW(win::to_wide(path).c_str()) != INVALID_FILE_ATTRIBUTES;
  }
  std::optional<std::int64_t> changed_unix_ms(const std::string& path) override {
    return time_of_change(path);
  }
  Access access(const std::string& path) override { return access_to_path(path); }
  Volume volume(const std::string& folder) override { return volume_of(folder); }
  void try_to_write(const std::string& folder) override { make_and_remove_file(folder); }
  Renames measure_renames(const std::string& folder) override { return time_renames(folder); }
  Dumps dumps(const std::string& folder) override { return dumps_in(folder); }
  std::vector<Listening> listening() override { return listening_ports(); }
  Messages messages() override { return messages_of_source(); }
  std::optional<LastEvent> last_event() override { return last_event_of_source(); }
  SuiteRun run_conformance(const std::string& filter, std::chrono::seconds timeout) override {
    return run_suite(filter, timeout);
  }
};

}  // namespace
}  // namespace doctor

std::unique_ptr<doctor::Machine> make_machine() {
  return std::make_unique<doctor::WindowsMachine>();
}

}  // namespace overlap::ctl
