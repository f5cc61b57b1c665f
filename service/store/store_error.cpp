#include "service/store/store_error.h"

namespace overlap::store {

StoreError store_error(DWORD code) noexcept {
  constexpr DWORD disk_quota_exceeded = 1295;  // not in every SDK
  switch (code) {
    case ERROR_SUCCESS: return StoreError::none;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case link_encountered: return StoreError::not_found;
    case ERROR_ALREADY_EXISTS:
    case ERROR_FILE_EXISTS: return StoreError::exists;
    case ERROR_DIR_NOT_EMPTY: return StoreError::not_empty;
    case folder_as_file: return StoreError::is_folder;
    case ERROR_DIRECTORY: return StoreError::is_file;
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

}  // namespace overlap::store
