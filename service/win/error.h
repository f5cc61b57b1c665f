// From GetLastError and WSAGetLastError to std::system_error, with the call and the object named.
#pragma once

#include <windows.h>

#include <string>
#include <system_error>

namespace overlap::win {

inline std::error_code error_code(DWORD code) noexcept {
  return {static_cast<int>(code), std::system_category()};
}

// For start-up code: "cannot <what>: <the system's sentence>". Reads the error before anything else
// is called.
[[noreturn]] inline void throw_error(DWORD code, const std::string& what) {
  throw std::system_error(error_code(code), what);
}
[[noreturn]] inline void throw_last_error(const char* what) {
  const DWORD code = GetLastError();
  throw_error(code, what);
}

}  // namespace overlap::win
