#include "service/win/private_file.h"

#include <aclapi.h>

#include <cstddef>

#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"
#include "service/win/security_descriptor.h"
#include "service/win/service_identity.h"
#include "service/win/trusted_account.h"

namespace overlap::win {
namespace {

// Microsoft, "ACE Strings"; `flags` say what inherits them.
std::wstring trusted_entries(const std::wstring& flags) {
  const std::wstring allow = L"(A;" + flags;
  return allow + L";FA;;;SY)" + allow + L";FA;;;BA)" + allow + L";FA;;;OW)" + allow + L";FR;;;" +
         service_sid() + L")";
}

DWORD write_and_flush(HANDLE file, std::string_view text) noexcept {
  DWORD written = 0;
  const auto bytes = static_cast<DWORD>(text.size());
  const bool done =
      WriteFile(file, text.data(), bytes, &written, nullptr) && FlushFileBuffers(file);
  return done ? ERROR_SUCCESS : GetLastError();
}

}  // namespace

std::wstring private_file_rights() { return L"D:P" + trusted_entries(L""); }

std::wstring private_folder_rights() { return L"D:P" + trusted_entries(L"OICI"); }

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

Kept how_kept(const std::wstring& path) {
  PSECURITY_DESCRIPTOR found = nullptr;
  if (GetNamedSecurityInfoW(path.c_str(), SE_FILE_OBJECT,
                            OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, nullptr,
                            nullptr, nullptr, nullptr, &found) != ERROR_SUCCESS)
    return Kept::well;
  const Descriptor keep(found);
  return how_kept(found);
}

Kept how_kept(PSECURITY_DESCRIPTOR descriptor) {
  PSID owner_found = nullptr;
  PACL list = nullptr;
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  GetSecurityDescriptorOwner(descriptor, &owner_found, &defaulted);
  GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted);
  const std::wstring owner = text_of_sid(owner_found);
  if (owner == owner_of_what_has_none) return Kept::readable;
  if (!is_trusted_owner(owner)) return Kept::by_another;
  if (list == nullptr) return Kept::readable;  // no list: everybody may do everything
  for (DWORD i = 0; i < list->AceCount; ++i) {
    void* entry = nullptr;
    if (!GetAce(list, i, &entry)) return Kept::well;
    // Entries of other kinds forbid, or allow by conditions that nobody sets on such a file.
    auto* allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);
    if (allowed->Header.AceType != ACCESS_ALLOWED_ACE_TYPE) continue;
    if (allowed->Header.AceFlags & INHERIT_ONLY_ACE) continue;
    constexpr DWORD reading = FILE_READ_DATA | GENERIC_READ | GENERIC_ALL;
    if ((allowed->Mask & reading) == 0) continue;
    const std::wstring account = text_of_sid(&allowed->SidStart);
    if (account != owner && !is_trusted_account(account)) return Kept::readable;
  }
  return Kept::well;
}

}  // namespace overlap::win
