#include "service/crash/run_marker.h"

// windows.h comes before everything that needs its types.
#include <tlhelp32.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "service/crash/dump_writer.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/read_file.h"

namespace overlap::crash {
namespace {

constexpr std::size_t text_bytes_max = 16 * 1024;

std::wstring marker_of(const std::wstring& config_file) {
  return std::filesystem::path(config_file).replace_extension(L".running").native();
}

// A scanner that looks at the file for a moment is not another instance; and what the run before
// has just removed is denied until its last handle is closed.
constexpr int tries_max = 20;
constexpr DWORD try_again_ms = 100;

HANDLE open(const std::wstring& file) noexcept {
  for (int tries = 1;; ++tries) {
    const HANDLE handle =
        CreateFileW(file.c_str(), GENERIC_READ | GENERIC_WRITE | DELETE, FILE_SHARE_READ, nullptr,
                    OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (handle != INVALID_HANDLE_VALUE) return handle;
    const DWORD code = GetLastError();
    const bool may_pass = code == ERROR_SHARING_VIOLATION || code == ERROR_ACCESS_DENIED;
    if (!may_pass || tries == tries_max) return handle;
    Sleep(try_again_ms);
  }
}

std::string name_of(const std::wstring& file) { return "the file " + win::to_utf8(file); }

RunRecord read_other(const std::wstring& file) {
  try {
    return parse_run(win::read_file(file, text_bytes_max, {}));
  } catch (const std::system_error&) {
    return {};  // a run shares it with readers: this is none
  }
}

// Whether a process with that id runs the same program. A list, because a process of another
// account may not be opened; and an id is given anew.
bool is_of_this_program(DWORD process) {
  const win::FileHandle list(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  std::wstring names[2];  // of this process, and of that one
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof entry;
  for (BOOL more = list && Process32FirstW(list.get(), &entry); more;
       more = Process32NextW(list.get(), &entry)) {
    if (entry.th32ProcessID == GetCurrentProcessId()) names[0] = entry.szExeFile;
    if (entry.th32ProcessID == process) names[1] = entry.szExeFile;
  }
  return !names[0].empty() &&
         CompareStringOrdinal(names[0].c_str(), -1, names[1].c_str(), -1, TRUE) == CSTR_EQUAL;
}

void refuse_other_run(const std::wstring& file, const std::wstring& config_file) {
  const RunRecord other = read_other(file);
  if (!is_of_this_program(other.process)) return;
  throw AlreadyRunning("another process (" + process_of(other) + ", since " + start_of(other) +
                       ") runs with the configuration " + win::to_utf8(config_file) +
                       ", and holds " + name_of(file) + ".");
}

std::string read(HANDLE handle) {
  std::string text(text_bytes_max, '\0');
  DWORD bytes = 0;
  if (!ReadFile(handle, text.data(), static_cast<DWORD>(text.size()), &bytes, nullptr)) return {};
  text.resize(bytes);
  return text;
}

std::string utc_now() {
  SYSTEMTIME now{};
  GetSystemTime(&now);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04u-%02u-%02uT%02u:%02u:%02uZ", now.wYear, now.wMonth,
                now.wDay, now.wHour, now.wMinute, now.wSecond);
  return text.data();
}

bool write_anew(HANDLE handle, const std::string& text) noexcept {
  DWORD written = 0;
  return SetFilePointerEx(handle, {}, nullptr, FILE_BEGIN) && SetEndOfFile(handle) &&
         WriteFile(handle, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) &&
         FlushFileBuffers(handle);
}

}  // namespace

RunMarker::RunMarker(const std::wstring& config_file)
    : file_(marker_of(config_file)), handle_(open(file_)) {
  const DWORD code = GetLastError();
  if (!handle_ && code == ERROR_SHARING_VIOLATION) refuse_other_run(file_, config_file);
  if (!handle_) win::throw_error(code, "cannot make " + name_of(file_));
  if (code == ERROR_ALREADY_EXISTS) last_ = parse_run(read(handle_.get()));
}

RunMarker::~RunMarker() {
  note_into(nullptr);
  if (!begun_ && last_) return;
  FILE_DISPOSITION_INFO remove{TRUE};
  // If it fails, the next start tells of a crash that was none: there is no one left to tell here.
  SetFileInformationByHandle(handle_.get(), FileDispositionInfo, &remove, sizeof remove);
}

void RunMarker::begin(const std::string& version) {
  RunRecord run;
  run.process = GetCurrentProcessId();
  run.started = utc_now();
  run.version = version;
  begun_ = write_anew(handle_.get(), to_text(run));
  const DWORD code = GetLastError();
  if (!begun_) win::throw_error(code, "cannot write " + name_of(file_));
  note_into(handle_.get());
}

}  // namespace overlap::crash
