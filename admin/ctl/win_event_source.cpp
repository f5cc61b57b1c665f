#include "admin/ctl/win_event_source.h"

#include <windows.h>

#include <memory>

#include "service/log/event_source.h"
#include "service/win/error.h"

namespace overlap::ctl {
namespace {

struct KeyClose {
  using pointer = HKEY;
  void operator()(HKEY key) const noexcept { RegCloseKey(key); }
};
using Key = std::unique_ptr<HKEY, KeyClose>;

std::wstring path_of_source() {
  return std::wstring(L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\") +
         log::event_source_name;
}

void check(LSTATUS status, const char* what) {
  if (status != ERROR_SUCCESS) win::throw_error(static_cast<DWORD>(status), what);
}

}  // namespace

bool register_event_source(const std::wstring& executable) {
  constexpr char what[] = "the source of the Event Log cannot be registered";
  HKEY opened = nullptr;
  DWORD disposition = 0;
  check(RegCreateKeyExW(HKEY_LOCAL_MACHINE, path_of_source().c_str(), 0, nullptr, 0, KEY_SET_VALUE,
                        nullptr, &opened, &disposition),
        what);
  const Key key(opened);
  const auto bytes = static_cast<DWORD>((executable.size() + 1) * sizeof(wchar_t));
  check(RegSetValueExW(key.get(), L"EventMessageFile", 0, REG_EXPAND_SZ,
                       reinterpret_cast<const BYTE*>(executable.c_str()), bytes),
        what);
  const DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
  check(RegSetValueExW(key.get(), L"TypesSupported", 0, REG_DWORD,
                       reinterpret_cast<const BYTE*>(&types), sizeof types),
        what);
  return disposition == REG_CREATED_NEW_KEY;
}

void remove_event_source() {
  const LSTATUS status = RegDeleteKeyW(HKEY_LOCAL_MACHINE, path_of_source().c_str());
  if (status != ERROR_FILE_NOT_FOUND)
    check(status, "the source of the Event Log cannot be removed");
}

}  // namespace overlap::ctl
