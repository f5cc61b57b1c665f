#include "service/store/file_bytes.h"

#include "service/win/error.h"

namespace overlap::store {

FileBytes::FileBytes() : done_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
  if (!done_) win::throw_last_error("an event for reading a file");
}

OVERLAPPED FileBytes::at(std::uint64_t offset) const noexcept {
  OVERLAPPED overlapped{};
  overlapped.Offset = static_cast<DWORD>(offset);
  overlapped.OffsetHigh = static_cast<DWORD>(offset >> 32);
  // The low bit keeps the completion away from the port that the connection's model may have
  // associated the file with (Microsoft: "GetQueuedCompletionStatus function", remarks).
  overlapped.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(done_.get()) | 1);
  return overlapped;
}

DWORD FileBytes::read(HANDLE file, std::uint64_t offset, std::span<std::byte> into,
                      std::size_t& bytes) const noexcept {
  bytes = 0;
  OVERLAPPED overlapped = at(offset);
  if (!ReadFile(file, into.data(), static_cast<DWORD>(into.size()), nullptr, &overlapped)) {
    const DWORD code = GetLastError();
    if (code == ERROR_HANDLE_EOF) return ERROR_SUCCESS;
    if (code != ERROR_IO_PENDING) return code;
  }
  DWORD count = 0;
  if (!GetOverlappedResult(file, &overlapped, &count, TRUE)) {
    const DWORD code = GetLastError();
    return code == ERROR_HANDLE_EOF ? ERROR_SUCCESS : code;
  }
  bytes = count;
  return ERROR_SUCCESS;
}

DWORD FileBytes::write(HANDLE file, std::uint64_t offset,
                       std::span<const std::byte> bytes) const noexcept {
  while (!bytes.empty()) {
    OVERLAPPED overlapped = at(offset);
    if (!WriteFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), nullptr, &overlapped)) {
      const DWORD code = GetLastError();
      if (code != ERROR_IO_PENDING) return code;
    }
    DWORD count = 0;
    if (!GetOverlappedResult(file, &overlapped, &count, TRUE)) return GetLastError();
    if (count == 0) return ERROR_DISK_FULL;
    offset += count;
    bytes = bytes.subspan(count);
  }
  return ERROR_SUCCESS;
}

DWORD set_file_size(HANDLE file, std::uint64_t size) noexcept {
  FILE_END_OF_FILE_INFO info{};
  info.EndOfFile.QuadPart = static_cast<LONGLONG>(size);
  if (!SetFileInformationByHandle(file, FileEndOfFileInfo, &info, sizeof info)) {
    return GetLastError();
  }
  return ERROR_SUCCESS;
}

}  // namespace overlap::store
