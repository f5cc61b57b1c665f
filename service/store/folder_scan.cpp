#include "service/store/folder_scan.h"

namespace overlap::store {

namespace {

// One call asks for this much: about five hundred entries, and a few hundred calls for the largest
// folders.
constexpr std::size_t scan_bytes = 64 * 1024;

FolderEntry entry_of(const FILE_FULL_DIR_INFO& found) {
  // Of a reparse point the size of extended attributes is its tag (Microsoft:
  // "FILE_FULL_DIR_INFORMATION structure"). Only a name surrogate leads elsewhere; others mark
  // files that are kept in a special way (deduplicated, compressed, in the cloud).
  constexpr DWORD name_surrogate = 0x20000000;
  FolderEntry entry;
  entry.name = {found.FileName, found.FileNameLength / sizeof(wchar_t)};
  entry.is_folder = (found.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  entry.is_link = (found.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
                  (found.EaSize & name_surrogate) != 0;
  entry.size = static_cast<std::uint64_t>(found.EndOfFile.QuadPart);
  entry.modified_unix_seconds =
      unix_seconds_of(static_cast<std::uint64_t>(found.LastWriteTime.QuadPart));
  return entry;
}

}  // namespace

DWORD FolderScan::open(const ServedFolder& folder, const std::wstring& path) {
  buffer_.resize(scan_bytes / sizeof(std::uint64_t));
  return folder.open(path,
                     {FILE_LIST_DIRECTORY, share_all, FILE_OPEN,
                      FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT},
                     folder_);
}

DWORD FolderScan::next(const Visit& visit) {
  const auto* at = reinterpret_cast<const std::byte*>(buffer_.data());
  if (!GetFileInformationByHandleEx(folder_.get(), FileFullDirectoryInfo, buffer_.data(),
                                    static_cast<DWORD>(scan_bytes))) {
    return GetLastError();
  }
  for (;;) {
    const auto& found = *reinterpret_cast<const FILE_FULL_DIR_INFO*>(at);
    const FolderEntry entry = entry_of(found);
    if (entry.name != L"." && entry.name != L"..") visit(entry);
    if (found.NextEntryOffset == 0) return ERROR_SUCCESS;
    at += found.NextEntryOffset;
  }
}

DWORD scan_folder(const ServedFolder& folder, const std::wstring& path,
                  const FolderScan::Visit& visit) {
  FolderScan scan;
  DWORD code = scan.open(folder, path);
  while (code == ERROR_SUCCESS) code = scan.next(visit);
  return code == ERROR_NO_MORE_FILES ? ERROR_SUCCESS : code;
}

bool to_utf8(std::wstring_view name, std::string& utf8) {
  const int units = static_cast<int>(name.size());
  utf8.resize(name.size() * 3);
  const int bytes =
      WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, name.data(), units, utf8.data(),
                          static_cast<int>(utf8.size()), nullptr, nullptr);
  utf8.resize(static_cast<std::size_t>(bytes > 0 ? bytes : 0));
  return bytes > 0;
}

}  // namespace overlap::store
