#include "admin/ctl/win_install_log.h"

#include <windows.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "admin/ctl/text.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::ctl {
namespace {

std::string now() {
  SYSTEMTIME time{};
  GetSystemTime(&time);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04u-%02u-%02uT%02u:%02u:%02uZ", unsigned{time.wYear},
                unsigned{time.wMonth}, unsigned{time.wDay}, unsigned{time.wHour},
                unsigned{time.wMinute}, unsigned{time.wSecond});
  return text.data();
}

// The link itself, so that nobody can have another file written.
DWORD append(const std::wstring& path, const std::string& text) {
  // On most systems it is there; more than one level is a mistake in writing.
  CreateDirectoryW(std::filesystem::path(path).parent_path().c_str(), nullptr);
  const win::FileHandle file(CreateFileW(path.c_str(), FILE_APPEND_DATA | FILE_READ_ATTRIBUTES,
                                         FILE_SHARE_READ, nullptr, OPEN_ALWAYS,
                                         FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (!file) return GetLastError();
  BY_HANDLE_FILE_INFORMATION found{};
  if (!GetFileInformationByHandle(file.get(), &found)) return GetLastError();
  if ((found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 || found.nNumberOfLinks > 1)
    return ERROR_CANT_ACCESS_FILE;
  DWORD written = 0;
  const auto bytes = static_cast<DWORD>(text.size());
  return WriteFile(file.get(), text.data(), bytes, &written, nullptr) ? DWORD{ERROR_SUCCESS}
                                                                      : GetLastError();
}

}  // namespace

installation::Report InstallLog::beside(const installation::Report& to) {
  return {[this, to](const std::string& text) {
            add(text);
            to.note(text);
          },
          [this, to](const std::string& text) {
            add("Warning: " + text);
            to.warn(text);
          }};
}

void InstallLog::add(const std::string& sentence) {
  lines_ += now() + " " + printable(sentence) + "\r\n";
}

void InstallLog::write(const installation::Report& report) const {
  const DWORD code = append(win::to_wide(file_), lines_);
  if (code != ERROR_SUCCESS)
    report.warn("This could not be appended to " + file_ + ": " + win::error_code(code).message() +
                ".");
}

}  // namespace overlap::ctl
