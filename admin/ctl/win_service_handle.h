// Handles of the service manager, and its refusals as Failures.
#pragma once

#include <windows.h>

#include <memory>
#include <string>

namespace overlap::ctl {

inline constexpr wchar_t service_name[] = L"Overlap";

struct ServiceClose {
  using pointer = SC_HANDLE;
  void operator()(SC_HANDLE handle) const noexcept { CloseServiceHandle(handle); }
};
using ServiceHandle = std::unique_ptr<SC_HANDLE, ServiceClose>;

// "cannot <what>: <the system's sentence>", with the exit status that fits and, where one can do
// something about it, what.
[[noreturn]] void fail(DWORD code, const std::string& what);

ServiceHandle open_manager(DWORD access);
// Null if the service is not installed.
ServiceHandle find_service(const ServiceHandle& manager, DWORD access);

}  // namespace overlap::ctl
