#include <windows.h>

#include <filesystem>

#include "admin/ctl/doctor/win_child.h"
#include "admin/ctl/doctor/win_facts.h"
#include "service/log/wide.h"
#include "service/win/read_file.h"

namespace overlap::ctl::doctor {
namespace {

constexpr std::size_t report_bytes_max = 16 * 1024 * 1024;

}  // namespace

std::wstring beside_this_program(const wchar_t* name) {
  std::wstring path(32'768, L'\0');
  path.resize(GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return (std::filesystem::path(path).parent_path() / name).native();
}

SuiteRun run_suite(const std::string& filter, std::chrono::seconds timeout) {
  const std::wstring program = beside_this_program(L"overlap-conformance.exe");
  if (GetFileAttributesW(program.c_str()) == INVALID_FILE_ATTRIBUTES)
    throw NotKnown("there is no " + win::to_utf8(program));
  const PrivateFolder folder;
  const std::wstring report = folder.path() + L"\\report.json";
  const auto status =
      run_child(program,
                {L"--gtest_filter=" + win::to_wide(filter), L"--gtest_output=json:" + report,
                 L"--gtest_brief=1", L"--gtest_color=no"},
                folder.path(), timeout);
  SuiteRun run;
  run.in_time = status.has_value();
  run.exit_code = status.value_or(0);
  if (GetFileAttributesW(report.c_str()) != INVALID_FILE_ATTRIBUTES)
    run.report = win::read_file(report, report_bytes_max, win::to_utf8(report));
  return run;
}

}  // namespace overlap::ctl::doctor
