// Handles of the service manager, and the settings that it keeps of the service.
#pragma once

#include <windows.h>

#include <string>

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

// Empty where there is none. Source: Microsoft, "QUERY_SERVICE_CONFIGW structure".
struct ServiceSettings {
  std::wstring image_path;
  std::wstring account;
  std::wstring display_name;
  std::wstring depends_on;  // each name ends with a zero
  DWORD start = 0;          // SERVICE_AUTO_START, ...
};
// `service` was opened with SERVICE_QUERY_CONFIG. Throws std::system_error.
ServiceSettings settings_of(const ServiceHandle& service);

}  // namespace overlap::installation
