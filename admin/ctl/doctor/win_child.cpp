#include "admin/ctl/doctor/win_child.h"

#include <windows.h>

#include <array>
#include <cwchar>
#include <filesystem>
#include <system_error>

#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"
#include "service/win/security_descriptor.h"

namespace overlap::ctl::doctor {
namespace {

std::wstring temporary_root() {
  std::array<wchar_t, MAX_PATH + 1> path{};
  if (GetTempPathW(static_cast<DWORD>(path.size()), path.data()) == 0)
    win::throw_last_error("cannot find the folder for temporary files");
  return path.data();
}

// That of this process, with other folders for temporary files: each "NAME=value" and a zero, with
// another zero at the end.
std::wstring environment_with(const std::wstring& folder) {
  wchar_t* const own = GetEnvironmentStringsW();
  if (own == nullptr) win::throw_last_error("cannot read the environment");
  std::wstring block;
  for (const wchar_t* one = own; *one != 0; one += std::wcslen(one) + 1) {
    if (_wcsnicmp(one, L"TMP=", 4) == 0 || _wcsnicmp(one, L"TEMP=", 5) == 0) continue;
    block.append(one, std::wcslen(one) + 1);
  }
  FreeEnvironmentStringsW(own);
  for (const wchar_t* const name : {L"TMP=", L"TEMP="}) block += name + folder + L'\0';
  return block + L'\0';
}

// Everything in it ends with its last handle, also if this process is ended.
win::KernelHandle make_job() {
  win::KernelHandle job(CreateJobObjectW(nullptr, nullptr));
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  if (!job || !SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits,
                                       sizeof limits))
    win::throw_last_error("cannot make a job");
  return job;
}

}  // namespace

PrivateFolder::PrivateFolder() {
  const std::string what = "cannot make a folder for temporary files";
  const win::Descriptor descriptor =
      win::make_descriptor(L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;OW)", what);
  SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), descriptor.get(), FALSE};
  const std::wstring root = temporary_root();
  // A name that somebody else has taken is not used: his folder has his access list.
  for (ULONGLONG number = GetTickCount64();; ++number) {
    path_ = root + L"overlap-doctor-" + std::to_wstring(GetCurrentProcessId()) + L"-" +
            std::to_wstring(number);
    if (CreateDirectoryW(path_.c_str(), &attributes)) return;
    const DWORD code = GetLastError();
    if (code != ERROR_ALREADY_EXISTS) win::throw_error(code, what + " in " + win::to_utf8(root));
  }
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;  // what is left is in a folder that is emptied by the system
  std::filesystem::remove_all(path_, ignored);
}

std::optional<std::uint32_t> run_child(const std::wstring& program,
                                       const std::vector<std::wstring>& options,
                                       const std::wstring& folder, std::chrono::seconds timeout) {
  const std::string what = "cannot run " + win::to_utf8(program);
  std::wstring line = L"\"" + program + L"\"";
  for (const std::wstring& option : options) line += L" \"" + option + L"\"";
  std::wstring environment = environment_with(folder);
  const win::KernelHandle job = make_job();
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION made{};
  if (!CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, FALSE,
                      CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT,
                      environment.data(), folder.c_str(), &startup, &made)) {
    const DWORD code = GetLastError();
    win::throw_error(code, what);
  }
  const win::KernelHandle process(made.hProcess);
  const win::KernelHandle thread(made.hThread);
  if (!AssignProcessToJobObject(job.get(), process.get())) {
    const DWORD code = GetLastError();
    TerminateProcess(process.get(), 1);
    win::throw_error(code, what);
  }
  ResumeThread(thread.get());
  const auto limit = static_cast<DWORD>(std::chrono::milliseconds(timeout).count());
  if (WaitForSingleObject(process.get(), limit) != WAIT_OBJECT_0) {
    TerminateJobObject(job.get(), 1);
    WaitForSingleObject(process.get(), INFINITE);  // its files are free then
    return std::nullopt;
  }
  DWORD status = 0;
  if (!GetExitCodeProcess(process.get(), &status)) win::throw_last_error(what.c_str());
  return status;
}

}  // namespace overlap::ctl::doctor
