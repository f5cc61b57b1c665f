#include "service/crash/run_marker.h"

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

[[noreturn]] void refuse(const std::wstring& file, const std::wstring& config_file) {
  RunRecord other;
  try {
    other = parse_run(win::read_file(file, text_bytes_max, {}));
  } catch (const std::system_error&) {
    // Then the sentence says less.
  }
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
  if (!handle_ && code == ERROR_SHARING_VIOLATION) refuse(file_, config_file);
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
