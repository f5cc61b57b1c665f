#include "service/installation/account.h"

#include <windows.h>
// windows.h comes before everything that needs its types.
#include <lm.h>

#include <array>

#include "service/installation/comparison.h"
#include "service/win/service_identity.h"

namespace overlap::installation {
namespace {

// In the language of the system. Empty if that is not to be known.
std::wstring name_of_administrators() {
  std::array<BYTE, SECURITY_MAX_SID_SIZE> sid{};
  auto sid_bytes = static_cast<DWORD>(sid.size());
  std::array<wchar_t, 256> name{};
  std::array<wchar_t, 256> domain{};
  auto name_units = static_cast<DWORD>(name.size());
  auto domain_units = static_cast<DWORD>(domain.size());
  SID_NAME_USE use{};
  if (!CreateWellKnownSid(WinBuiltinAdministratorsSid, nullptr, sid.data(), &sid_bytes) ||
      !LookupAccountSidW(nullptr, sid.data(), name.data(), &name_units, domain.data(),
                         &domain_units, &use))
    return {};
  return name.data();
}

// From System32 alone, and only when it is asked for: nothing else here needs it.
class Library {
 public:
  Library() = default;
  ~Library() { FreeLibrary(module_); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  template <class Function>
  Function function(const char* name) const {
    return reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(module_, name)));
  }

 private:
  HMODULE module_ = LoadLibraryExW(L"netapi32.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
};

// Accounts that Windows makes up for services, each with its own rights; no list has them as users.
bool is_made_up(const std::wstring& account) {
  const std::wstring domain = account.substr(0, account.find(L'\\'));
  return same_name(domain, L"NT SERVICE") || same_name(domain, L"NT AUTHORITY");
}

// Also by way of another group.
bool is_administrator(std::wstring account) {
  if (is_made_up(account)) return false;
  if (account.starts_with(L".\\")) account.erase(0, 2);
  const Library library;
  const auto groups_of =
      library.function<decltype(&NetUserGetLocalGroups)>("NetUserGetLocalGroups");
  const auto release = library.function<decltype(&NetApiBufferFree)>("NetApiBufferFree");
  if (groups_of == nullptr || release == nullptr) return false;
  BYTE* found = nullptr;
  DWORD count = 0;
  DWORD all = 0;
  if (groups_of(nullptr, account.c_str(), 0, LG_INCLUDE_INDIRECT, &found, MAX_PREFERRED_LENGTH,
                &count, &all) != NERR_Success)
    return false;
  const std::wstring administrators = name_of_administrators();
  const auto* const groups = reinterpret_cast<const LOCALGROUP_USERS_INFO_0*>(found);
  bool is_member = false;
  for (DWORD i = 0; i < count; ++i)
    is_member = is_member || same_name(groups[i].lgrui0_name, administrators);
  if (found != nullptr) release(found);
  return is_member;
}

}  // namespace

AccountPower power_of(const std::wstring& account) {
  if (same_name(account, win::service_account)) return AccountPower::own;
  for (const wchar_t* system : {L"", L"LocalSystem", L".\\LocalSystem", L"NT AUTHORITY\\SYSTEM",
                                L"NT AUTHORITY\\LocalSystem"})
    if (same_name(account, system)) return AccountPower::administrator;
  return is_administrator(account) ? AccountPower::administrator : AccountPower::shared;
}

}  // namespace overlap::installation
