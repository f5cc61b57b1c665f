#include "service/process.h"

#include <windows.h>

#include <array>
#include <filesystem>

#include "service/crash/crash.h"
#include "service/io/operation.h"
#include "service/log/log.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/mitigations.h"

namespace overlap {
namespace {

void leave_working_directory() {
  std::array<wchar_t, MAX_PATH> system{};
  const UINT units = GetSystemDirectoryW(system.data(), static_cast<UINT>(system.size()));
  if (units == 0 || units >= system.size()) win::throw_last_error("GetSystemDirectory");
  if (!SetCurrentDirectoryW(system.data())) win::throw_last_error("SetCurrentDirectory");
}

void end_for_broken_invariant(const char* what) noexcept {
  log::fatal(what);
  std::array<char, 256> cause{};
  std::snprintf(cause.data(), cause.size(), "a condition that must always hold did not: %s", what);
  crash::end_process(cause.data());
}

}  // namespace

std::wstring crash_folder(const std::string& config_file) {
  return (std::filesystem::path(win::to_wide(config_file)).parent_path() / L"crashes").native();
}

ProcessGaps arrange_process(const std::string& config_file) {
  ProcessGaps gaps;
  gaps.dumps = crash::watch(crash_folder(config_file));
  io::on_broken_invariant(&end_for_broken_invariant);
  leave_working_directory();
  gaps.mitigations = win::apply_mitigations();
  return gaps;
}

}  // namespace overlap
