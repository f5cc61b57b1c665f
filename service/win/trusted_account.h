// Accounts to whom the files of the service may be entrusted. SIDs are in their text form:
// "S-1-5-18".
#pragma once

#include <windows.h>

#include <string>

namespace overlap::win {

// Empty if it is none.
std::wstring text_of_sid(PSID sid);

// The system, administrators, TrustedInstaller, the service, and those names that stand for
// whoever owns a file. Throws std::system_error.
bool is_trusted_account(const std::wstring& sid);

// These, LocalService and NetworkService (what an earlier installation under them has made; an
// account of this machine cannot become one of them), and who runs this process. An owner can
// always change the list of his file, whatever it says. Throws as is_trusted_account().
bool is_trusted_owner(const std::wstring& sid);

// Everyone: the owner that Windows tells of files where the file system keeps none (FAT). Elsewhere
// nobody can give it a file: it is no SID that a token may own by.
inline constexpr wchar_t owner_of_what_has_none[] = L"S-1-1-0";

}  // namespace overlap::win
