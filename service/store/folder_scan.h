// Every entry of a folder, one after the other.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "service/store/served_folder.h"

namespace overlap::store {

struct FolderEntry {
  std::wstring_view name;  // valid during the call
  bool is_folder = false;
  bool is_link = false;  // a junction, a symbolic link, a mounted volume
  std::uint64_t size = 0;
  std::int64_t modified_unix_seconds = 0;
};

// In the order of the file system, without "." and "..". ERROR_DIRECTORY if `path` is a file.
// Throws what `visit` throws.
DWORD scan_folder(const ServedFolder& folder, const std::wstring& path,
                  const std::function<void(const FolderEntry&)>& visit);

// False if the name is not UTF-16 (NTFS keeps any units): it has no UTF-8 form.
bool to_utf8(std::wstring_view name, std::string& utf8);

}  // namespace overlap::store
