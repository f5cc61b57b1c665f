#include "service/installation/service_handle.h"

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

}  // namespace overlap::installation
