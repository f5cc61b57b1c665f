// From the error codes of Windows to the answers of the store.
#pragma once

#include <windows.h>

#include "common/transfer/action.h"

namespace overlap::store {

// A folder was opened as a file (ERROR_DIRECTORY_NOT_SUPPORTED, not in every SDK). The opposite is
// ERROR_DIRECTORY.
inline constexpr DWORD folder_as_file = 336;

// The answer for a Windows error (Microsoft: "System Error Codes").
StoreError store_error(DWORD code) noexcept;

inline StoreOutcome refuse(StoreError error, DWORD code = ERROR_SUCCESS) {
  StoreOutcome outcome;
  outcome.error = error;
  outcome.native = code;
  return outcome;
}
inline StoreOutcome failure(DWORD code) { return refuse(store_error(code), code); }

// A link is on the way or at its end: the store follows none (not in every SDK).
inline constexpr DWORD link_encountered = 4395;

// For what makes a name: a missing folder on the way is told from a missing file, and what lies
// behind a link is not for the store to change.
inline StoreOutcome write_failure(DWORD code) {
  if (code == ERROR_PATH_NOT_FOUND) return refuse(StoreError::no_folder, code);
  if (code == link_encountered) return refuse(StoreError::access_denied, code);
  return failure(code);
}

// Whether another program may be the reason, and may soon be gone: virus scanners hold new files
// for a moment. ERROR_ACCESS_DENIED is also what a rename gives over a file that is open.
constexpr bool held_by_another(DWORD code) noexcept {
  return code == ERROR_ACCESS_DENIED || code == ERROR_SHARING_VIOLATION ||
         code == ERROR_LOCK_VIOLATION || code == ERROR_USER_MAPPED_FILE;
}

constexpr bool is_missing(DWORD code) noexcept {
  return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND;
}

}  // namespace overlap::store
