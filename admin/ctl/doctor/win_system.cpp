// Which Windows this is, with which rights the program runs, and which version another one is of.
#include <windows.h>

#include <cstddef>
#include <vector>

#include "admin/ctl/doctor/win_facts.h"
#include "admin/ctl/doctor/win_library.h"
#include "service/win/error.h"
#include "service/win/handle.h"
#include "service/win/service_identity.h"

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

// Source: Microsoft, "VerQueryValueW function", "VS_FIXEDFILEINFO structure".
std::string version_of_program(const std::wstring& file) {
  const Library library(L"version.dll");
  const auto size_of =
      library.function<decltype(&GetFileVersionInfoSizeW)>("GetFileVersionInfoSizeW");
  const auto read = library.function<decltype(&GetFileVersionInfoW)>("GetFileVersionInfoW");
  const auto query = library.function<decltype(&VerQueryValueW)>("VerQueryValueW");
  DWORD ignored = 0;
  std::vector<std::byte> resource(size_of(file.c_str(), &ignored));
  void* found = nullptr;
  UINT bytes = 0;
  if (resource.empty() ||
      !read(file.c_str(), 0, static_cast<DWORD>(resource.size()), resource.data()) ||
      !query(resource.data(), L"\\", &found, &bytes) || bytes < sizeof(VS_FIXEDFILEINFO))
    return {};
  const auto& info = *static_cast<const VS_FIXEDFILEINFO*>(found);
  return std::to_string(HIWORD(info.dwFileVersionMS)) + "." +
         std::to_string(LOWORD(info.dwFileVersionMS)) + "." +
         std::to_string(HIWORD(info.dwFileVersionLS));
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
  system.service_sid = win::to_utf8(win::service_sid());
  return system;
}

}  // namespace overlap::ctl::doctor
