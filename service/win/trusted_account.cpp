#include "service/win/trusted_account.h"

#include <algorithm>
#include <array>

#include "service/win/handle.h"
#include "service/win/security_descriptor.h"
#include "service/win/service_identity.h"

namespace overlap::win {
namespace {

// The system, administrators, TrustedInstaller. Whoever makes a file is its owner anyway: the two
// names for the owner stand for nobody else.
constexpr std::array accounts{L"S-1-5-18", L"S-1-5-32-544",
                              L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
                              L"S-1-3-0", L"S-1-3-4"};
constexpr std::array owners{L"S-1-5-19", L"S-1-5-20"};

bool is_one_of(const auto& known, const std::wstring& sid) {
  return std::any_of(known.begin(), known.end(), [&](const wchar_t* one) { return sid == one; });
}

std::wstring own_sid() {
  HANDLE opened = nullptr;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &opened)) return {};
  const KernelHandle token(opened);
  alignas(TOKEN_USER) std::array<BYTE, sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE> user{};
  DWORD bytes = 0;
  if (!GetTokenInformation(token.get(), TokenUser, user.data(), static_cast<DWORD>(user.size()),
                           &bytes))
    return {};
  return text_of_sid(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid);
}

}  // namespace

std::wstring text_of_sid(PSID sid) {
  wchar_t* text = nullptr;
  if (sid == nullptr || !ConvertSidToStringSidW(sid, &text)) return {};
  const Descriptor keep(text);
  return text;
}

bool is_trusted_account(const std::wstring& sid) {
  return is_one_of(accounts, sid) || sid == service_sid();
}

bool is_trusted_owner(const std::wstring& sid) {
  return is_trusted_account(sid) || is_one_of(owners, sid) || (!sid.empty() && sid == own_sid());
}

}  // namespace overlap::win
