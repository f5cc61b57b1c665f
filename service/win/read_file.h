// A file on disk as text.
#pragma once

#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::win {

// At most `bytes_max` bytes of it: whoever must know that there was no more asks for one more than
// is allowed. Others may read, write, rename and delete the file meanwhile. Throws
// std::system_error with the text `what`.
inline std::string read_file(const std::wstring& path, std::size_t bytes_max,
                             const std::string& what) {
  const FileHandle file(CreateFileW(path.c_str(), GENERIC_READ,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                    OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (const DWORD code = GetLastError(); !file) throw_error(code, what);
  constexpr std::size_t piece_bytes = 64 * 1024;
  std::string text;
  while (text.size() < bytes_max) {
    const std::size_t filled = text.size();
    text.resize(filled + std::min(piece_bytes, bytes_max - filled));
    DWORD bytes = 0;
    const BOOL done = ReadFile(file.get(), text.data() + filled,
                               static_cast<DWORD>(text.size() - filled), &bytes, nullptr);
    if (const DWORD code = GetLastError(); !done) throw_error(code, what);
    text.resize(filled + bytes);
    if (bytes == 0) break;
  }
  return text;
}

}  // namespace overlap::win
