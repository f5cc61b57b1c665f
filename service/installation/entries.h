// What is in a folder.
#pragma once

#include <windows.h>

#include <string>
#include <string_view>

namespace overlap::installation {

constexpr bool is_folder(const WIN32_FIND_DATAW& entry) noexcept {
  return (entry.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}
// Leads to another place, and may lie anywhere else.
constexpr bool is_link(const WIN32_FIND_DATAW& entry) noexcept {
  return (entry.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
}

// Calls `visit(path, entry)` for each file and folder right below, until it throws. Returns why the
// folder cannot be listed.
template <class Visit>
DWORD for_each_entry(const std::wstring& folder, Visit visit) {
  struct Search {
    HANDLE handle;
    ~Search() {
      if (handle != INVALID_HANDLE_VALUE) FindClose(handle);
    }
  };
  WIN32_FIND_DATAW entry{};
  const std::wstring all = folder + L"\\*";
  const Search search{FindFirstFileW(all.c_str(), &entry)};
  if (search.handle == INVALID_HANDLE_VALUE) return GetLastError();
  do {
    const std::wstring_view name = entry.cFileName;
    if (name != L"." && name != L"..") visit(folder + L"\\" + entry.cFileName, entry);
  } while (FindNextFileW(search.handle, &entry));
  const DWORD code = GetLastError();
  return code == ERROR_NO_MORE_FILES ? DWORD{ERROR_SUCCESS} : code;
}

}  // namespace overlap::installation
