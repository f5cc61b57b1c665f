#include "service/store/file_calls.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <vector>

#include "common/path/windows_name.h"
#include "service/store/file_info.h"

namespace overlap::store {

namespace {

// With doubling pauses from 5 ms about 0.6 s in all: virus scanners hold new files that long.
constexpr int rename_attempts_max = 8;
constexpr DWORD rename_pause_first_ms = 5;

StoreOutcome failure(DWORD code) { return {store_error(code), code, false, {}}; }
StoreOutcome last_failure() {
  const DWORD code = GetLastError();
  return failure(code);
}

bool has_attribute(const std::wstring& path, DWORD attribute) {
  const DWORD attributes = GetFileAttributesW(path.c_str());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & attribute) != 0;
}
bool is_folder(const std::wstring& path) { return has_attribute(path, FILE_ATTRIBUTE_DIRECTORY); }

std::wstring folder_of(const std::wstring& path) { return path.substr(0, path.rfind(L'\\') + 1); }

// ".overlap-" and 16 random hexadecimal digits: names that URL paths cannot reach.
std::wstring temporary_beside(const std::wstring& target) {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  static constexpr std::wstring_view digits = L"0123456789abcdef";
  std::wstring name = folder_of(target);
  name.append(temporary_prefix.begin(), temporary_prefix.end());
  for (std::uint64_t bits = random(), left = 16; left > 0; --left, bits >>= 4) {
    name.push_back(digits[bits & 15]);
  }
  return name;
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

// Atomic. Where Windows can (NTFS since Windows 10 1607), also while readers have the target open:
// they keep the old file. Elsewhere it fails with ERROR_ACCESS_DENIED until they are gone.
DWORD rename_over(HANDLE file, const std::wstring& target) {
  // Headers for Windows 10 1507 lack the name FileRenameInfoEx.
  constexpr auto rename_info_ex = static_cast<FILE_INFO_BY_HANDLE_CLASS>(22);
  constexpr DWORD replace = 0x1;          // FILE_RENAME_FLAG_REPLACE_IF_EXISTS
  constexpr DWORD posix_semantics = 0x2;  // FILE_RENAME_FLAG_POSIX_SEMANTICS
  auto info = rename_info(target, replace | posix_semantics);
  const auto size = static_cast<DWORD>(info.size());
  if (SetFileInformationByHandle(file, rename_info_ex, info.data(), size)) return ERROR_SUCCESS;
  info = rename_info(target, TRUE);
  if (SetFileInformationByHandle(file, FileRenameInfo, info.data(), size)) return ERROR_SUCCESS;
  return GetLastError();
}

bool held_by_another(DWORD code) {
  return code == ERROR_ACCESS_DENIED || code == ERROR_SHARING_VIOLATION ||
         code == ERROR_LOCK_VIOLATION || code == ERROR_USER_MAPPED_FILE;
}

}  // namespace

StoreError store_error(DWORD code) noexcept {
  constexpr DWORD disk_quota_exceeded = 1295;  // not in every SDK
  switch (code) {
    case ERROR_SUCCESS: return StoreError::none;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME: return StoreError::not_found;
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT: return StoreError::access_denied;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_USER_MAPPED_FILE: return StoreError::in_use;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case disk_quota_exceeded: return StoreError::no_space;
    case ERROR_FILENAME_EXCED_RANGE:
    case ERROR_BUFFER_OVERFLOW: return StoreError::name_too_long;
    default: return StoreError::failed;
  }
}

StoreOutcome open_for_reading(const std::wstring& path, win::FileHandle& file) {
  file.reset(CreateFileW(path.c_str(), GENERIC_READ,
                         FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                         OPEN_EXISTING, FILE_FLAG_OVERLAPPED | FILE_FLAG_SEQUENTIAL_SCAN, nullptr));
  if (!file) {
    const DWORD code = GetLastError();
    // Opening a folder like a file is refused as if rights were missing.
    if (code == ERROR_ACCESS_DENIED && is_folder(path))
      return {StoreError::is_folder, code, false, {}};
    return failure(code);
  }
  StoreOutcome outcome;
  if (const DWORD code = read_file_info(file.get(), outcome.info)) {
    file.reset();
    return failure(code);
  }
  return outcome;
}

PendingFile::PendingFile(std::wstring target, std::wstring path, win::FileHandle file)
    : target_(std::move(target)), path_(std::move(path)), file_(std::move(file)) {}

PendingFile::~PendingFile() {
  if (!file_) return;
  file_.reset();
  // If another program holds it, it stays behind: its name cannot be reached from outside.
  DeleteFileW(path_.c_str());
}

StoreOutcome PendingFile::create(const std::wstring& target, std::uint64_t size_expected,
                                 std::unique_ptr<Upload>& upload, win::FileHandle& file) {
  if (is_folder(target)) return {StoreError::is_folder, 0, false, {}};
  if (has_attribute(target, FILE_ATTRIBUTE_READONLY)) return failure(ERROR_ACCESS_DENIED);
  ULARGE_INTEGER available{};
  if (GetDiskFreeSpaceExW(folder_of(target).c_str(), &available, nullptr, nullptr) &&
      available.QuadPart < size_expected) {
    return {StoreError::no_space, ERROR_DISK_FULL, false, {}};
  }
  std::wstring path = temporary_beside(target);
  win::FileHandle made(CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE | DELETE,
                                   FILE_SHARE_DELETE, nullptr, CREATE_NEW,
                                   FILE_FLAG_OVERLAPPED | FILE_FLAG_SEQUENTIAL_SCAN, nullptr));
  if (!made) return last_failure();
  auto pending =
      std::unique_ptr<PendingFile>(new PendingFile(target, std::move(path), std::move(made)));
  HANDLE copy = nullptr;
  if (!DuplicateHandle(GetCurrentProcess(), pending->file_.get(), GetCurrentProcess(), &copy, 0,
                       FALSE, DUPLICATE_SAME_ACCESS)) {
    return last_failure();
  }
  file.reset(copy);
  upload = std::move(pending);
  return {};
}

StoreOutcome PendingFile::commit(config::FlushPolicy flush) {
  if (flush == config::FlushPolicy::file && !FlushFileBuffers(file_.get())) return last_failure();
  // Setting the time fixes it: left to itself, it may move when the last handle is closed, and the
  // validator given to the uploader would be another one than downloaders get (Microsoft:
  // "WriteFile function", remarks on the last write time).
  FILETIME now{};
  GetSystemTimeAsFileTime(&now);
  if (!SetFileTime(file_.get(), nullptr, nullptr, &now)) return last_failure();
  StoreOutcome outcome;
  if (const DWORD code = read_file_info(file_.get(), outcome.info)) return failure(code);
  DWORD pause = rename_pause_first_ms;
  for (int attempt = 1;; ++attempt, pause *= 2) {
    outcome.created = GetFileAttributesW(target_.c_str()) == INVALID_FILE_ATTRIBUTES;
    const DWORD code = rename_over(file_.get(), target_);
    if (code == ERROR_SUCCESS) {
      file_.reset();
      return outcome;
    }
    if (!held_by_another(code)) return failure(code);
    if (attempt == rename_attempts_max) {
      const bool forbidden = outcome.created || is_folder(target_);
      return {forbidden ? store_error(code) : StoreError::in_use, code, false, {}};
    }
    Sleep(pause);
  }
}

}  // namespace overlap::store
