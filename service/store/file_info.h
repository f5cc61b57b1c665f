// Size, time, identity and attributes of an open file.
#pragma once

#include <windows.h>

#include <optional>

#include "common/protocol/write_condition.h"
#include "common/transfer/action.h"

namespace overlap::store {

struct FileState {
  FileInfo info;
  DWORD attributes = 0;

  bool is_folder() const noexcept { return (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0; }
  bool is_read_only() const noexcept {
    // On a folder the attribute means something to the shell alone.
    return !is_folder() && (attributes & FILE_ATTRIBUTE_READONLY) != 0;
  }
};

// ERROR_SUCCESS, or why Windows does not say. Any thread.
DWORD read_file_state(HANDLE file, FileState& state) noexcept;

// Windows counts 100 ns from 1601 (Microsoft: "FILETIME structure").
constexpr std::int64_t unix_seconds_of(std::uint64_t ticks) noexcept {
  constexpr std::int64_t epoch_seconds = 11644473600;
  return static_cast<std::int64_t>(ticks / 10'000'000) - epoch_seconds;
}

// Whether a write is wanted over what is there now (nothing: there is no such name). A folder has
// no entity tag.
bool holds(const protocol::WriteCondition& condition,
           const std::optional<FileState>& current) noexcept;

}  // namespace overlap::store
