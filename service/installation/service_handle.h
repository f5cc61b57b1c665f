// Handles of the service manager.
#pragma once

#include <windows.h>

#include "service/win/handle.h"

namespace overlap::installation {

struct ServiceTraits {
  using Type = SC_HANDLE;
  static SC_HANDLE invalid() noexcept { return nullptr; }
  static void close(SC_HANDLE handle) noexcept { CloseServiceHandle(handle); }
};
using ServiceHandle = win::Unique<ServiceTraits>;

// Throws std::system_error.
ServiceHandle open_manager(DWORD access);
// Null if the service is not installed. Throws std::system_error.
ServiceHandle find_service(const ServiceHandle& manager, DWORD access);

}  // namespace overlap::installation
