// From GetLastError and WSAGetLastError to std::system_error, with the call and the object named.
#pragma once

#include <windows.h>
#include <winsock2.h>

#include <string>
#include <string_view>
#include <system_error>

namespace overlap::win {

// std::system_category with sentences that an operator can use: what is wrong where the system's
// own text is long-winded, no full stop at the end, and the number where the system has no text
// (Wine has none for the errors of sockets).
class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "windows"; }
  std::string message(int code) const override {
    switch (code) {
      case WSAEADDRINUSE: return "another program is listening there";
      case WSAEACCES: return "access is denied, or another program has it for itself";
      case WSAEADDRNOTAVAIL: return "this machine has no such address";
      default: break;
    }
    std::string text = std::system_category().message(code);
    while (!text.empty() && std::string_view(" .\r\n").find(text.back()) != std::string_view::npos)
      text.pop_back();
    const bool unknown = text.empty() || text.find("nknown error") == 1;
    return unknown ? "error " + std::to_string(code) : text;
  }
  std::error_condition default_error_condition(int code) const noexcept override {
    return std::system_category().default_error_condition(code);
  }
};

inline const std::error_category& category() noexcept {
  static const Category instance;
  return instance;
}

inline std::error_code error_code(DWORD code) noexcept {
  return {static_cast<int>(code), category()};
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
