// Who the service is to Windows: its name, and the identity that Windows derives from it.
#pragma once

#include <string>
#include <string_view>

namespace overlap::win {

inline constexpr wchar_t service_name[] = L"Overlap";
// The virtual account of the service: no password, no profile, no rights but those of its SID.
// Microsoft: "Service Accounts", virtual accounts.
inline constexpr wchar_t service_account[] = L"NT SERVICE\\Overlap";

// The SID of a service, as `sc showsid` tells it: S-1-5-80 and the SHA-1 of the name in upper-case
// UTF-16LE, as five little-endian numbers. It needs no service of that name, and the service has it
// in its token under every account while its SID type is "unrestricted". Throws std::system_error.
std::wstring service_sid(std::wstring_view name = service_name);

}  // namespace overlap::win
