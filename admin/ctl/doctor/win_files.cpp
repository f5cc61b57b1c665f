// Files, folders and volumes.
#include <windows.h>

#include <algorithm>
#include <array>

#include "admin/ctl/doctor/win_facts.h"
#include "service/installation/rights.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"
#include "service/win/private_file.h"

namespace overlap::ctl::doctor {
namespace {

struct SearchTraits {
  using Type = HANDLE;
  static HANDLE invalid() noexcept { return INVALID_HANDLE_VALUE; }
  static void close(HANDLE search) noexcept { FindClose(search); }
};
using Search = win::Unique<SearchTraits>;

std::uint64_t number(DWORD high, DWORD low) noexcept {
  return static_cast<std::uint64_t>(high) << 32 | low;
}

}  // namespace

std::int64_t unix_ms_of(const FILETIME& time) noexcept {
  constexpr std::int64_t ticks_a_ms = 10'000;
  constexpr std::int64_t unix_epoch_ms = 11'644'473'600'000;  // since 1601
  return static_cast<std::int64_t>(number(time.dwHighDateTime, time.dwLowDateTime)) / ticks_a_ms -
         unix_epoch_ms;
}

std::optional<std::int64_t> time_of_change(const std::string& path) {
  WIN32_FILE_ATTRIBUTE_DATA found{};
  if (!GetFileAttributesExW(win::to_wide(path).c_str(), GetFileExInfoStandard, &found))
    return std::nullopt;
  return unix_ms_of(found.ftLastWriteTime);
}

Access access_to_path(const std::string& path) {
  const std::wstring wide = win::to_wide(path);
  const installation::Access found = installation::access_to(wide);
  if (!found.known)
    throw NotKnown("the access list of " + path + " cannot be read, or the file system keeps none");
  return {found.other_writers, win::others_may_read(wide), found.owner,
          found.owner_trusted, found.service_reads,        found.service_writes};
}

Volume volume_of(const std::string& folder) {
  const std::wstring path = win::to_wide(folder);
  const auto fail = [&](DWORD code, const char* what) {
    win::throw_error(code, std::string("cannot ") + what + " of " + folder);
  };
  std::array<wchar_t, MAX_PATH + 1> root{};
  if (!GetVolumePathNameW(path.c_str(), root.data(), static_cast<DWORD>(root.size())))
    fail(GetLastError(), "find the volume");
  std::array<wchar_t, MAX_PATH + 1> file_system{};
  if (!GetVolumeInformationW(root.data(), nullptr, 0, nullptr, nullptr, nullptr, file_system.data(),
                             static_cast<DWORD>(file_system.size())))
    fail(GetLastError(), "tell the file system");
  ULARGE_INTEGER free{};
  ULARGE_INTEGER all{};
  if (!GetDiskFreeSpaceExW(path.c_str(), &free, &all, nullptr))
    fail(GetLastError(), "tell the free space");
  const UINT drive = GetDriveTypeW(root.data());
  const DWORD attributes = GetFileAttributesW(path.c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) fail(GetLastError(), "tell the attributes");
  return {win::to_utf8(root.data()),
          win::to_utf8(file_system.data()),
          drive == DRIVE_REMOTE,
          drive == DRIVE_REMOVABLE,
          (attributes & FILE_ATTRIBUTE_COMPRESSED) != 0,
          (attributes & FILE_ATTRIBUTE_ENCRYPTED) != 0,
          all.QuadPart,
          free.QuadPart};
}

Dumps dumps_in(const std::string& folder) {
  Dumps dumps;
  WIN32_FIND_DATAW found{};
  const Search search(FindFirstFileW(win::to_wide(folder + "\\*.dmp").c_str(), &found));
  if (const DWORD code = GetLastError(); !search) {
    if (code == ERROR_FILE_NOT_FOUND) return dumps;
    if (code == ERROR_ACCESS_DENIED) throw NotAllowed("the folder " + folder + " cannot be read");
    win::throw_error(code, "cannot read the folder " + folder);
  }
  do {
    ++dumps.count;
    dumps.newest_unix_ms = std::max(dumps.newest_unix_ms, unix_ms_of(found.ftLastWriteTime));
  } while (FindNextFileW(search.get(), &found));
  return dumps;
}

}  // namespace overlap::ctl::doctor
