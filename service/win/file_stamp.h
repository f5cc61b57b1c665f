// Tells one content of a file from another without reading it.
#pragma once

#include <windows.h>

#include <cstdint>
#include <string>

#include "service/win/handle.h"

namespace overlap::win {

// Equal stamps: the same file, not written to in between. A file that is replaced by a rename has
// another id, whatever its time.
struct FileStamp {
  bool exists = false;
  std::uint64_t modified_ticks = 0;  // 100 ns units since 1601
  std::uint64_t size = 0;            // bytes
  std::uint64_t file_id = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// ERROR_SUCCESS, also if there is no such file; or why Windows does not say. Any thread.
inline DWORD read_stamp(const std::wstring& path, FileStamp& stamp) noexcept {
  stamp = {};
  const FileHandle file(CreateFileW(path.c_str(), FILE_READ_ATTRIBUTES,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                    OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file) {
    const DWORD code = GetLastError();
    const bool missing = code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND;
    return missing ? ERROR_SUCCESS : code;
  }
  BY_HANDLE_FILE_INFORMATION info{};
  if (!GetFileInformationByHandle(file.get(), &info)) return GetLastError();
  const auto joined = [](DWORD high, DWORD low) {
    return static_cast<std::uint64_t>(high) << 32 | low;
  };
  stamp = {true, joined(info.ftLastWriteTime.dwHighDateTime, info.ftLastWriteTime.dwLowDateTime),
           joined(info.nFileSizeHigh, info.nFileSizeLow),
           joined(info.nFileIndexHigh, info.nFileIndexLow)};
  return ERROR_SUCCESS;
}

}  // namespace overlap::win
