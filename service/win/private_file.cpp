#include "service/win/private_file.h"

#include <aclapi.h>
#include <sddl.h>

#include <array>
#include <cstddef>
#include <memory>

#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::win {
namespace {

// The system, administrators and who made it may do all; LocalService and the account of the
// service "Overlap" (NT SERVICE\Overlap: its name hashed, as `sc showsid` tells) may read; nothing
// is inherited (Microsoft: "Security Descriptor String Format").
constexpr wchar_t trusted_readers[] =
    L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;OW)(A;;FR;;;LS)"
    L"(A;;FR;;;S-1-5-80-1940098553-2421322387-3593832311-2151484262-1570481430)";

// The same, as accounts.
constexpr std::array trusted_accounts{
    L"S-1-5-18",      // the system
    L"S-1-5-32-544",  // administrators
    L"S-1-3-4",       // the owner, whoever that is
    L"S-1-5-19",      // LocalService
    L"S-1-5-80-1940098553-2421322387-3593832311-2151484262-1570481430",
};

struct LocalMemory {
  void operator()(void* memory) const noexcept { LocalFree(memory); }
};
using Descriptor = std::unique_ptr<void, LocalMemory>;

Descriptor trusted_descriptor(const std::string& what) {
  PSECURITY_DESCRIPTOR made = nullptr;
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(trusted_readers, SDDL_REVISION_1, &made,
                                                            nullptr)) {
    const DWORD code = GetLastError();
    throw_error(code, what);
  }
  return Descriptor(made);
}

DWORD write_and_flush(HANDLE file, std::string_view text) noexcept {
  DWORD written = 0;
  const auto bytes = static_cast<DWORD>(text.size());
  const bool done =
      WriteFile(file, text.data(), bytes, &written, nullptr) && FlushFileBuffers(file);
  return done ? ERROR_SUCCESS : GetLastError();
}

bool is_trusted(PSID account, PSID owner) noexcept {
  if (EqualSid(account, owner)) return true;
  for (const wchar_t* const text : trusted_accounts) {
    PSID known = nullptr;
    if (!ConvertStringSidToSidW(text, &known)) continue;
    const Descriptor keep(known);
    if (EqualSid(account, known)) return true;
  }
  return false;
}

}  // namespace

void write_whole_file(const std::wstring& path, std::string_view text, Readers readers,
                      IfThere if_there) {
  const std::string what = "cannot write the file " + to_utf8(path);
  const std::wstring draft = path + L".new";
  const Descriptor descriptor =
      readers == Readers::trusted ? trusted_descriptor(what) : Descriptor();
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

bool others_may_read(const std::wstring& path) noexcept {
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
