// GetFileInformationByHandle would give all of this in one call, and asks the volume for its
// serial number as well, which nobody needs: under Wine that was half of the cost of opening a
// file. NtQueryInformationFile asks the file alone (Microsoft: "NtQueryInformationFile function",
// "FILE_NETWORK_OPEN_INFORMATION structure", "FILE_INTERNAL_INFORMATION structure").
#include "service/store/file_info.h"

#include <winternl.h>

#include "common/protocol/etag.h"

namespace overlap::store {

namespace {

// The classes and layouts, named here because the headers of the SDK leave them out.
constexpr auto internal_information = static_cast<FILE_INFORMATION_CLASS>(6);
constexpr auto network_open_information = static_cast<FILE_INFORMATION_CLASS>(34);

struct InternalInformation {
  LARGE_INTEGER index_number;
};
struct NetworkOpenInformation {
  LARGE_INTEGER creation_time;
  LARGE_INTEGER last_access_time;
  LARGE_INTEGER last_write_time;
  LARGE_INTEGER change_time;
  LARGE_INTEGER allocation_size;
  LARGE_INTEGER end_of_file;
  ULONG file_attributes;
};

template <class Information>
DWORD query(HANDLE file, FILE_INFORMATION_CLASS kind, Information& found) noexcept {
  IO_STATUS_BLOCK status{};
  const NTSTATUS result = NtQueryInformationFile(file, &status, &found, sizeof found, kind);
  return result < 0 ? RtlNtStatusToDosError(result) : ERROR_SUCCESS;
}

}  // namespace

DWORD read_file_state(HANDLE file, FileState& state) noexcept {
  NetworkOpenInformation opened{};
  if (const DWORD error = query(file, network_open_information, opened)) return error;
  InternalInformation internal{};
  if (const DWORD error = query(file, internal_information, internal)) return error;
  state.info.size = static_cast<std::uint64_t>(opened.end_of_file.QuadPart);
  state.info.modified_ticks = static_cast<std::uint64_t>(opened.last_write_time.QuadPart);
  state.info.modified_unix_seconds = unix_seconds_of(state.info.modified_ticks);
  state.info.file_id = static_cast<std::uint64_t>(internal.index_number.QuadPart);
  state.attributes = opened.file_attributes;
  return ERROR_SUCCESS;
}

bool holds(const protocol::WriteCondition& condition,
           const std::optional<FileState>& current) noexcept {
  if (condition.empty()) return true;
  if (!current) return condition.holds(std::nullopt);
  const FileInfo& info = current->info;
  const protocol::EntityTag tag(info.file_id, info.modified_ticks, info.size);
  protocol::Validators validators;
  if (!current->is_folder()) validators.etag = tag.text();
  validators.modified_unix_seconds = info.modified_unix_seconds;
  return condition.holds(validators);
}

}  // namespace overlap::store
