#include "service/win/private_file.h"

#include <aclapi.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"
#include "service/win/security_descriptor.h"
#include "service/win/service_identity.h"

namespace overlap::win {
namespace {

// The system, administrators and the owner, whoever that is.
constexpr std::array trusted_accounts{L"S-1-5-18", L"S-1-5-32-544", L"S-1-3-4"};

DWORD write_and_flush(HANDLE file, std::string_view text) noexcept {
  DWORD written = 0;
  const auto bytes = static_cast<DWORD>(text.size());
  const bool done =
      WriteFile(file, text.data(), bytes, &written, nullptr) && FlushFileBuffers(file);
  return done ? ERROR_SUCCESS : GetLastError();
}

bool is_trusted(PSID account, PSID owner) {
  if (EqualSid(account, owner)) return true;
  const auto is = [&](const wchar_t* text) {
    PSID known = nullptr;
    if (!ConvertStringSidToSidW(text, &known)) return false;
    const Descriptor keep(known);
    return EqualSid(account, known) != FALSE;
  };
  return std::any_of(trusted_accounts.begin(), trusted_accounts.end(), is) ||
         is(service_sid().c_str());
}

}  // namespace

std::wstring private_file_rights() {
  return L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;OW)(A;;FR;;;" + service_sid() + L")";
}

void write_whole_file(const std::wstring& path, std::string_view text, Readers readers,
                      IfThere if_there) {
  const std::string what = "cannot write the file " + to_utf8(path);
  const std::wstring draft = path + L".new";
  const Descriptor descriptor =
      readers == Readers::trusted ? make_descriptor(private_file_rights(), what) : Descriptor();
  SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), descriptor.get(), FALSE};
  DeleteFileW(draft.c_str());  // left by a program that was killed; its access list is not ours
  FileHandle file(CreateFileW(draft.c_str(), GENERIC_WRITE, 0, descriptor ? &attributes : nullptr,
                              CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (const DWORD code = GetLastError(); !file) throw_error(code, what);
  DWORD code = write_and_flush(file.get(), text);
  file.reset();
  const DWORD replace = if_there == IfThere::replace ? MOVEFILE_REPLACE_EXISTING : 0u;
  if (code == ERROR_SUCCESS &&
      !MoveFileExW(draft.c_str(), path.c_str(), MOVEFILE_WRITE_THROUGH | replace))
    code = GetLastError();
  if (code == ERROR_SUCCESS) return;
  DeleteFileW(draft.c_str());
  throw_error(code == ERROR_FILE_EXISTS ? ERROR_ALREADY_EXISTS : code, what);
}

bool others_may_read(const std::wstring& path) {
  PSID owner = nullptr;
  PACL list = nullptr;
  PSECURITY_DESCRIPTOR found = nullptr;
  if (GetNamedSecurityInfoW(path.c_str(), SE_FILE_OBJECT,
                            OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner, nullptr,
                            &list, nullptr, &found) != ERROR_SUCCESS)
    return false;
  const Descriptor keep(found);
  if (list == nullptr) return true;  // no list: everybody may do everything
  for (DWORD i = 0; i < list->AceCount; ++i) {
    void* entry = nullptr;
    if (!GetAce(list, i, &entry)) return false;
    // Entries of other kinds forbid, or allow by conditions that nobody sets on such a file.
    auto* allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);
    if (allowed->Header.AceType != ACCESS_ALLOWED_ACE_TYPE) continue;
    if (allowed->Header.AceFlags & INHERIT_ONLY_ACE) continue;
    constexpr DWORD reading = FILE_READ_DATA | GENERIC_READ | GENERIC_ALL;
    if ((allowed->Mask & reading) != 0 && !is_trusted(&allowed->SidStart, owner)) return true;
  }
  return false;
}

}  // namespace overlap::win
