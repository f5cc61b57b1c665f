// Which Windows this is, and with which rights the program runs.
#include <windows.h>

#include "admin/ctl/doctor/win_facts.h"
#include "admin/ctl/doctor/win_library.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::ctl::doctor {
namespace {

using RtlGetVersion = LONG WINAPI(OSVERSIONINFOEXW*);
using WineGetVersion = const char* CDECL();

bool is_elevated() {
  HANDLE opened = nullptr;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &opened))
    win::throw_last_error("cannot open the token of the process");
  const win::KernelHandle token(opened);
  TOKEN_ELEVATION elevation{};
  DWORD bytes = 0;
  if (!GetTokenInformation(token.get(), TokenElevation, &elevation, sizeof elevation, &bytes))
    win::throw_last_error("cannot ask for the rights of the process");
  return elevation.TokenIsElevated != 0;
}

}  // namespace

std::string wine_version() {
  try {
    const Library ntdll(L"ntdll.dll");
    return ntdll.function<WineGetVersion*>("wine_get_version")();
  } catch (const NotKnown&) {
    return {};
  }
}

// GetVersionEx tells programs without a manifest what they may wish to hear.
System windows_system() {
  const Library ntdll(L"ntdll.dll");
  OSVERSIONINFOEXW found{};
  found.dwOSVersionInfoSize = sizeof found;
  ntdll.function<RtlGetVersion*>("RtlGetVersion")(&found);
  System system;
  system.version = "Windows " + std::to_string(found.dwMajorVersion) + "." +
                   std::to_string(found.dwMinorVersion) + "." +
                   std::to_string(found.dwBuildNumber) +
                   (found.wProductType == VER_NT_WORKSTATION ? ", workstation" : ", server");
  system.wine = wine_version();
  system.elevated = is_elevated();
  return system;
}

}  // namespace overlap::ctl::doctor
