// What Windows says, topic by topic: the members of Machine, with their errors.
#pragma once

#include <windows.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/ctl/doctor/machine.h"

namespace overlap::ctl::doctor {

System windows_system();
Service windows_service();
std::vector<Installed> windows_installation(const Service& service);

std::optional<std::int64_t> time_of_change(const std::string& path);
Access access_to_path(const std::string& path);
Volume volume_of(const std::string& folder);
Dumps dumps_in(const std::string& folder);
void make_and_remove_file(const std::string& folder);
Renames time_renames(const std::string& folder);

std::vector<Listening> listening_ports();
Messages messages_of_source();
std::optional<LastEvent> last_event_of_source();
SuiteRun run_suite(const std::string& filter, std::chrono::seconds timeout);

// "1.2.3", as its properties tell it; empty if they tell none.
std::string version_of_program(const std::wstring& file);
// A file beside this program.
std::wstring beside_this_program(const wchar_t* name);
std::int64_t unix_ms_of(const FILETIME& time) noexcept;
// Of the Wine that pretends to be Windows; empty without one.
std::string wine_version();

}  // namespace overlap::ctl::doctor
