#include "service/store/served_folder.h"

#include <winternl.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "common/path/utf.h"
#include "service/store/store_error.h"
#include "service/win/error.h"

namespace overlap::store {

namespace {

constexpr ULONG obj_dont_reparse = 0x1000;  // not in every SDK

// RtlNtStatusToDosError() says ERROR_ACCESS_DENIED for the first, as if rights were missing.
constexpr auto status_file_is_a_directory = static_cast<NTSTATUS>(0xC00000BA);

DWORD error_of(NTSTATUS status) noexcept {
  if (status == status_file_is_a_directory) return folder_as_file;
  return RtlNtStatusToDosError(status);
}

// Absolute, with the prefix that turns off all interpretation of names (Microsoft: "Naming Files,
// Paths, and Namespaces").
std::wstring extended(const std::string& folder) {
  const std::u16string units = to_utf16(folder);
  const std::wstring given(units.begin(), units.end());
  const DWORD size = GetFullPathNameW(given.c_str(), 0, nullptr, nullptr);
  if (size == 0) win::throw_last_error(("the served folder " + folder).c_str());
  std::wstring full(size, L'\0');
  full.resize(GetFullPathNameW(given.c_str(), size, full.data(), nullptr));
  while (full.ends_with(L'\\')) full.pop_back();
  full += L'\\';
  if (full.starts_with(L"\\\\?\\")) return full;
  if (full.starts_with(L"\\\\")) return L"\\\\?\\UNC" + full.substr(1);
  return L"\\\\?\\" + full;
}

// FILE_RENAME_INFO ends in a name of any length. Its first member is a flag word for
// FileRenameInfoEx, and TRUE or FALSE for FileRenameInfo.
std::vector<std::byte> rename_info(const std::wstring& target, DWORD first) {
  const std::size_t name_bytes = target.size() * sizeof(wchar_t);
  std::vector<std::byte> buffer(sizeof(FILE_RENAME_INFO) + name_bytes);
  auto* info = new (buffer.data()) FILE_RENAME_INFO{};
  std::memcpy(info, &first, sizeof first);
  info->FileNameLength = static_cast<DWORD>(name_bytes);
  std::memcpy(buffer.data() + offsetof(FILE_RENAME_INFO, FileName), target.data(), name_bytes);
  return buffer;
}

}  // namespace

ServedFolder::ServedFolder(const std::string& root) : root_(extended(root)) {
  const std::string what = "cannot serve the folder " + root;
  const DWORD attributes = GetFileAttributesW(root_.c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) win::throw_last_error(what.c_str());
  if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) win::throw_error(ERROR_DIRECTORY, what);
  folder_.reset(CreateFileW(root_.c_str(), FILE_TRAVERSE | FILE_READ_ATTRIBUTES | SYNCHRONIZE,
                            share_all, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS,
                            nullptr));
  if (!folder_) win::throw_last_error(what.c_str());
}

DWORD ServedFolder::open(const std::wstring& path, const Opening& how,
                         win::FileHandle& file) const noexcept {
  UNICODE_STRING name{};
  // The call does not write through it; paths are far below the 32767 units that it can tell.
  name.Buffer = const_cast<wchar_t*>(path.c_str());
  name.Length = static_cast<USHORT>(path.size() * sizeof(wchar_t));
  name.MaximumLength = name.Length;
  OBJECT_ATTRIBUTES object{};
  object.Length = sizeof object;
  object.RootDirectory = folder_.get();
  object.ObjectName = &name;
  object.Attributes = OBJ_CASE_INSENSITIVE | obj_dont_reparse;
  IO_STATUS_BLOCK status{};
  HANDLE opened = nullptr;
  const NTSTATUS result = NtCreateFile(&opened, how.access | SYNCHRONIZE | FILE_READ_ATTRIBUTES,
                                       &object, &status, nullptr, FILE_ATTRIBUTE_NORMAL, how.share,
                                       how.disposition, how.options, nullptr, 0);
  if (result < 0) return error_of(result);
  file.reset(opened);
  return ERROR_SUCCESS;
}

DWORD ServedFolder::look(const std::wstring& path, std::optional<FileState>& found) const noexcept {
  found.reset();
  win::FileHandle file;
  if (const DWORD code = open(path, {0, share_all, FILE_OPEN, 0}, file)) {
    return code == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : code;
  }
  return read_file_state(file.get(), found.emplace());
}

DWORD ServedFolder::remove(const std::wstring& path) const noexcept {
  std::uint64_t bytes = 0;
  return remove(path, bytes);
}

DWORD ServedFolder::remove(const std::wstring& path, std::uint64_t& bytes) const noexcept {
  win::FileHandle file;
  if (const DWORD code = open(path, {DELETE, share_all, FILE_OPEN, 0}, file)) return code;
  FileState state;
  bytes = read_file_state(file.get(), state) == ERROR_SUCCESS ? state.info.size : 0;
  return mark_deleted(file.get());
}

DWORD ServedFolder::free_bytes(std::uint64_t& available) const noexcept {
  std::uint64_t total = 0;
  return volume_bytes(available, total);
}

DWORD ServedFolder::volume_bytes(std::uint64_t& available, std::uint64_t& total) const noexcept {
  ULARGE_INTEGER free{};
  ULARGE_INTEGER all{};
  // The folder itself: no other volume can be mounted below it.
  if (!GetDiskFreeSpaceExW(root_.c_str(), &free, &all, nullptr)) return GetLastError();
  available = free.QuadPart;
  total = all.QuadPart;
  return ERROR_SUCCESS;
}

std::wstring relative_path(const StorePath& path) {
  const std::u16string units = to_utf16(path.text());
  std::wstring relative(units.begin(), units.end());
  std::replace(relative.begin(), relative.end(), L'/', L'\\');
  return relative;
}

std::wstring folder_of(const std::wstring& path) {
  const std::size_t end = path.rfind(L'\\');
  return end == std::wstring::npos ? std::wstring() : path.substr(0, end);
}

std::wstring path_in(const std::wstring& folder, std::wstring_view name) {
  std::wstring path = folder;
  if (!path.empty()) path += L'\\';
  return path.append(name);
}

DWORD rename(HANDLE file, const std::wstring& absolute_target, bool replace) {
  // Headers for Windows 10 1507 lack the name FileRenameInfoEx.
  constexpr auto rename_info_ex = static_cast<FILE_INFO_BY_HANDLE_CLASS>(22);
  constexpr DWORD replace_if_exists = 0x1;  // FILE_RENAME_FLAG_REPLACE_IF_EXISTS
  constexpr DWORD posix_semantics = 0x2;    // FILE_RENAME_FLAG_POSIX_SEMANTICS
  auto info = rename_info(absolute_target, (replace ? replace_if_exists : 0) | posix_semantics);
  const auto size = static_cast<DWORD>(info.size());
  if (SetFileInformationByHandle(file, rename_info_ex, info.data(), size)) return ERROR_SUCCESS;
  const DWORD code = GetLastError();
  if (code == ERROR_ALREADY_EXISTS || code == ERROR_FILE_EXISTS) return ERROR_ALREADY_EXISTS;
  info = rename_info(absolute_target, replace ? TRUE : FALSE);
  if (SetFileInformationByHandle(file, FileRenameInfo, info.data(), size)) return ERROR_SUCCESS;
  return GetLastError();
}

DWORD mark_deleted(HANDLE file) noexcept {
  constexpr auto disposition_info_ex = static_cast<FILE_INFO_BY_HANDLE_CLASS>(21);
  DWORD flags = 0x1 | 0x2;  // FILE_DISPOSITION_FLAG_DELETE, FILE_DISPOSITION_FLAG_POSIX_SEMANTICS
  if (SetFileInformationByHandle(file, disposition_info_ex, &flags, sizeof flags)) {
    return ERROR_SUCCESS;
  }
  FILE_DISPOSITION_INFO info{TRUE};
  if (SetFileInformationByHandle(file, FileDispositionInfo, &info, sizeof info)) {
    return ERROR_SUCCESS;
  }
  return GetLastError();
}

}  // namespace overlap::store
