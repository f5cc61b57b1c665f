#include "service/installation/service_handle.h"

#include <cstddef>
#include <vector>

#include "service/win/error.h"
#include "service/win/service_identity.h"

namespace overlap::installation {

ServiceHandle open_manager(DWORD access) {
  ServiceHandle manager(OpenSCManagerW(nullptr, nullptr, access));
  if (const DWORD code = GetLastError(); !manager)
    win::throw_error(code, "cannot open the service manager");
  return manager;
}

ServiceHandle find_service(const ServiceHandle& manager, DWORD access) {
  ServiceHandle service(OpenServiceW(manager.get(), win::service_name, access));
  if (const DWORD code = GetLastError(); !service && code != ERROR_SERVICE_DOES_NOT_EXIST)
    win::throw_error(code, "cannot open the service");
  return service;
}

ServiceSettings settings_of(const ServiceHandle& service) {
  DWORD bytes = 0;
  QueryServiceConfigW(service.get(), nullptr, 0, &bytes);
  std::vector<std::byte> buffer(bytes);
  auto* const found = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(buffer.data());
  if (!QueryServiceConfigW(service.get(), found, bytes, &bytes))
    win::throw_error(GetLastError(), "cannot read the settings of the service");
  const auto text = [](const wchar_t* value) { return std::wstring(value ? value : L""); };
  ServiceSettings settings{text(found->lpBinaryPathName),
                           text(found->lpServiceStartName),
                           text(found->lpDisplayName),
                           {},
                           found->dwStartType};
  for (const wchar_t* name = found->lpDependencies; name != nullptr && *name != 0;) {
    const std::size_t units = std::wstring_view(name).size() + 1;
    settings.depends_on.append(name, units);
    name += units;
  }
  return settings;
}

}  // namespace overlap::installation
