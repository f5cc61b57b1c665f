// Size, time and identity of an open file.
#pragma once

#include <windows.h>

#include "common/transfer/action.h"

namespace overlap::store {

// ERROR_SUCCESS, or why Windows does not say. Any thread.
DWORD read_file_info(HANDLE file, FileInfo& info) noexcept;

}  // namespace overlap::store
