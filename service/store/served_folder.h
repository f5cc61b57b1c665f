// The served folder, and the only way in: every file and folder below it is opened relative to a
// handle of it.
//
// No link is followed on the way. A junction or symbolic link that somebody with rights on this
// machine puts below the served folder could lead anywhere on it, and the service may read and
// write where that person may not. OBJ_DONT_REPARSE makes Windows itself refuse the whole path, in
// the one call that opens the file, so that nothing can be exchanged between a check and its use
// (Microsoft: "InitializeObjectAttributes macro"; Windows 10 1607, Server 2016). It also refuses
// folders where other volumes are mounted. The served folder itself may be reached through links.
//
// Names are taken literally, as with the \\?\ prefix, and their length is not limited to 260.
#pragma once

#include <windows.h>

#include <cstdint>
#include <optional>
#include <string>

#include "common/path/store_path.h"
#include "service/store/file_info.h"
#include "service/win/handle.h"

namespace overlap::store {

// How to open, in the terms of NtCreateFile (Microsoft: "NtCreateFile function").
struct Opening {
  ACCESS_MASK access = 0;
  ULONG share = 0;
  ULONG disposition = 0;  // FILE_OPEN, FILE_CREATE, FILE_OPEN_IF
  ULONG options = 0;
};

inline constexpr ULONG share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
inline constexpr ULONG share_no_writer = FILE_SHARE_READ | FILE_SHARE_DELETE;

// Thread-safe. Paths are relative to the folder, with backslashes: those that relative_path() and
// the store itself make.
class ServedFolder {
 public:
  // Throws std::system_error naming the folder if it cannot be served.
  explicit ServedFolder(const std::string& root);

  // ERROR_SUCCESS, or why not. A folder opened as a file is folder_as_file, a file opened as
  // a folder ERROR_DIRECTORY.
  DWORD open(const std::wstring& path, const Opening& how, win::FileHandle& file) const noexcept;

  // What is there now; nothing if there is no such name. Others may have it open in any way.
  DWORD look(const std::wstring& path, std::optional<FileState>& found) const noexcept;

  // Deletes a file, or an empty folder. `bytes`: how many were in it, zero if Windows does not say.
  DWORD remove(const std::wstring& path) const noexcept;
  DWORD remove(const std::wstring& path, std::uint64_t& bytes) const noexcept;

  // What a request may use on the volume, quotas included.
  DWORD free_bytes(std::uint64_t& available) const noexcept;
  DWORD volume_bytes(std::uint64_t& available, std::uint64_t& total) const noexcept;

  // With the \\?\ prefix, for renames: their target is a path. What is to be renamed is open
  // meanwhile, so that no folder on the way can become another one.
  std::wstring absolute(const std::wstring& path) const { return root_ + path; }

 private:
  std::wstring root_;  // with the \\?\ prefix and a backslash at the end
  win::FileHandle folder_;
};

std::wstring relative_path(const StorePath& path);
// Without the last segment and its backslash; empty: the served folder.
std::wstring folder_of(const std::wstring& path);
// "" and "name": "name"; "folder" and "name": "folder\name".
std::wstring path_in(const std::wstring& folder, std::wstring_view name);

// Renames an open file, which needs the right DELETE. Atomic. `replace`: also over a file; where
// Windows can (NTFS since Windows 10 1607) while readers have that open: they keep the old file.
// Elsewhere it fails with ERROR_ACCESS_DENIED until they are gone. Without `replace`
// ERROR_ALREADY_EXISTS if there is anything.
DWORD rename(HANDLE file, const std::wstring& absolute_target, bool replace);

// Deletes an open file or empty folder, which needs the right DELETE: at once where Windows can,
// else when the last handle is closed.
DWORD mark_deleted(HANDLE file) noexcept;

}  // namespace overlap::store
