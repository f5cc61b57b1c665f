// Every entry of a folder, one after the other.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/served_folder.h"

namespace overlap::store {

struct FolderEntry {
  std::wstring_view name;  // valid during the call
  bool is_folder = false;
  bool is_link = false;  // a junction, a symbolic link, a mounted volume
  std::uint64_t size = 0;
  std::int64_t modified_unix_seconds = 0;
};

// In the order of the file system, without "." and "..". One thread at a time.
class FolderScan {
 public:
  using Visit = std::function<void(const FolderEntry&)>;

  // ERROR_DIRECTORY if `path` is a file.
  DWORD open(const ServedFolder& folder, const std::wstring& path);
  // Some hundred entries; ERROR_NO_MORE_FILES after the last. Throws what `visit` throws.
  DWORD next(const Visit& visit);

 private:
  win::FileHandle folder_;
  std::vector<std::uint64_t> buffer_;  // aligned as the entries want it
};

// All of it.
DWORD scan_folder(const ServedFolder& folder, const std::wstring& path,
                  const FolderScan::Visit& visit);

// False if the name is not UTF-16 (NTFS keeps any units): it has no UTF-8 form.
bool to_utf8(std::wstring_view name, std::string& utf8);

}  // namespace overlap::store
