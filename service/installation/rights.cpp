#include "service/installation/rights.h"

#include <aclapi.h>

#include <algorithm>
#include <array>
#include <vector>

#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"
#include "service/win/security_descriptor.h"
#include "service/win/service_identity.h"
#include "service/win/trusted_account.h"

namespace overlap::installation {
namespace {

constexpr wchar_t administrators[] = L"S-1-5-32-544";
// Everyone, services, authenticated users, users, all services, local.
constexpr std::array groups_of_a_service{L"S-1-1-0",      L"S-1-5-6",    L"S-1-5-11",
                                         L"S-1-5-32-545", L"S-1-5-80-0", L"S-1-2-0"};
// Wine makes lists up from the mode of a file; its accounts are of this domain.
constexpr wchar_t domain_of_wine[] = L"S-1-5-21-0-0-0-";

constexpr DWORD reading = FILE_READ_DATA | FILE_READ_ATTRIBUTES;
// Of a folder: FILE_WRITE_DATA makes files, FILE_APPEND_DATA folders.
constexpr DWORD writing = FILE_WRITE_DATA | FILE_APPEND_DATA;
constexpr DWORD changing = writing | DELETE | FILE_DELETE_CHILD | WRITE_DAC | WRITE_OWNER;

std::wstring text_of(PSECURITY_DESCRIPTOR descriptor, SECURITY_INFORMATION parts) {
  wchar_t* text = nullptr;
  if (!ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, parts,
                                                            &text, nullptr))
    return {};
  const win::Descriptor keep(text);
  return text;
}

std::string name_of(PSID sid) {
  std::array<wchar_t, 256> name{};
  std::array<wchar_t, 256> domain{};
  auto name_units = static_cast<DWORD>(name.size());
  auto domain_units = static_cast<DWORD>(domain.size());
  SID_NAME_USE use{};
  if (!LookupAccountSidW(nullptr, sid, name.data(), &name_units, domain.data(), &domain_units,
                         &use))
    return win::to_utf8(win::text_of_sid(sid));
  const std::wstring before = domain[0] == 0 ? L"" : std::wstring(domain.data()) + L"\\";
  return win::to_utf8(before + name.data());
}

bool is_one_of(const auto& known, const std::wstring& sid) {
  return std::any_of(known.begin(), known.end(), [&](const wchar_t* one) { return sid == one; });
}

// The generic rights stand for these of files.
DWORD of_files(DWORD mask) {
  GENERIC_MAPPING files{FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                        FILE_ALL_ACCESS};
  MapGenericMask(&mask, &files);
  return mask;
}

struct Entry {
  bool allows;
  bool here;  // not only for what is made below
  DWORD mask;
  PSID sid;
};

std::vector<Entry> entries_of(PACL list) {
  std::vector<Entry> entries;
  for (DWORD i = 0; i < list->AceCount; ++i) {
    void* entry = nullptr;
    if (!GetAce(list, i, &entry)) break;
    // Those that deny have the same layout. Others carry conditions, which nobody sets here.
    auto* const ace = static_cast<ACCESS_ALLOWED_ACE*>(entry);
    const BYTE type = ace->Header.AceType;
    if (type != ACCESS_ALLOWED_ACE_TYPE && type != ACCESS_DENIED_ACE_TYPE) continue;
    entries.push_back({type == ACCESS_ALLOWED_ACE_TYPE,
                       (ace->Header.AceFlags & INHERIT_ONLY_ACE) == 0, of_files(ace->Mask),
                       &ace->SidStart});
  }
  return entries;
}

// What the service has of `asked`: entries count in their order, the first one decides a right.
DWORD granted_to_service(const std::vector<Entry>& entries, DWORD asked) {
  const std::wstring service = win::service_sid();
  DWORD granted = 0;
  DWORD undecided = asked;
  for (const Entry& entry : entries) {
    if (!entry.here) continue;
    const std::wstring sid = win::text_of_sid(entry.sid);
    if (sid != service && !is_one_of(groups_of_a_service, sid)) continue;
    if (entry.allows) granted |= entry.mask & undecided;
    undecided &= ~entry.mask;
  }
  return granted;
}

std::vector<std::string> other_writers(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    const std::wstring sid = win::text_of_sid(entry.sid);
    if (!entry.allows || (entry.mask & changing) == 0 || win::is_trusted_account(sid)) continue;
    std::string name = name_of(entry.sid);
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  return names;
}

constexpr SECURITY_INFORMATION owner_and_list =
    OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

std::wstring folder_rights() {
  const std::wstring service = win::service_sid();
  // 0x1201bf is 0x1301bf, which Windows calls "modify", without the right to delete.
  return L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1201bf;;;" + service +
         L")(A;OICIIO;0x1301bf;;;" + service + L")";
}

}  // namespace

std::wstring state_folder_rights() { return folder_rights(); }

std::wstring served_folder_rights() { return folder_rights(); }

std::wstring config_file_rights() {
  return L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;" + win::service_sid() + L")";
}

void set_rights(const std::wstring& path, const std::wstring& rights) {
  const std::string what = "cannot set the rights on " + win::to_utf8(path);
  const win::Descriptor descriptor = win::make_descriptor(rights, what);
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  PACL list = nullptr;
  GetSecurityDescriptorDacl(descriptor.get(), &present, &list, &defaulted);
  SECURITY_DESCRIPTOR_CONTROL control = 0;
  DWORD revision = 0;
  GetSecurityDescriptorControl(descriptor.get(), &control, &revision);
  const SECURITY_INFORMATION inheritance = (control & SE_DACL_PROTECTED) != 0
                                               ? PROTECTED_DACL_SECURITY_INFORMATION
                                               : UNPROTECTED_DACL_SECURITY_INFORMATION;
  std::wstring name = path;
  const DWORD code =
      SetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION | inheritance,
                            nullptr, nullptr, list, nullptr);
  if (code != ERROR_SUCCESS) win::throw_error(code, what);
  // Whether that was possible shows in access_to(): a foreign owner is told there.
  PSID owner = nullptr;
  if (!ConvertStringSidToSidW(administrators, &owner)) return;
  const win::Descriptor keep(owner);
  SetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, owner, nullptr,
                        nullptr, nullptr);
}

bool has_rights(const std::wstring& path, const std::wstring& rights) {
  PSECURITY_DESCRIPTOR found = nullptr;
  if (GetNamedSecurityInfoW(path.c_str(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, nullptr,
                            nullptr, nullptr, nullptr, &found) != ERROR_SUCCESS)
    return false;
  const win::Descriptor keep(found);
  return same_list(found, win::make_descriptor(rights, "cannot compare rights").get());
}

std::wstring rights_of(const std::wstring& path) {
  PSECURITY_DESCRIPTOR found = nullptr;
  if (GetNamedSecurityInfoW(path.c_str(), SE_FILE_OBJECT, owner_and_list, nullptr, nullptr, nullptr,
                            nullptr, &found) != ERROR_SUCCESS)
    return {};
  const win::Descriptor keep(found);
  return text_of(found, owner_and_list);
}

bool same_list(PSECURITY_DESCRIPTOR one, PSECURITY_DESCRIPTOR other) {
  // The flags before the entries also tell how the list has come about; only "P" says what it does.
  const auto entries = [](PSECURITY_DESCRIPTOR descriptor) {
    const std::wstring text = text_of(descriptor, DACL_SECURITY_INFORMATION);
    const std::size_t begin = std::min(text.find(L'('), text.size());
    const bool is_protected = text.substr(0, begin).find(L'P') != std::wstring::npos;
    return std::pair(is_protected, text.substr(begin));
  };
  return entries(one) == entries(other);
}

Access access_in(PSECURITY_DESCRIPTOR descriptor) {
  PSID owner = nullptr;
  PACL list = nullptr;
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  GetSecurityDescriptorOwner(descriptor, &owner, &defaulted);
  GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted);
  Access access;
  access.owner_sid = win::text_of_sid(owner);
  access.known = !access.owner_sid.starts_with(domain_of_wine) &&
                 access.owner_sid != win::owner_of_what_has_none;
  access.owner = name_of(owner);
  access.owner_trusted = win::is_trusted_owner(access.owner_sid);
  if (list == nullptr) {  // no list: everybody may do everything
    access.other_writers = {"everybody"};
    access.service_reads = access.service_writes = true;
    return access;
  }
  const std::vector<Entry> entries = entries_of(list);
  access.other_writers = other_writers(entries);
  access.service_reads = granted_to_service(entries, reading) == reading;
  access.service_writes = granted_to_service(entries, writing) == writing;
  return access;
}

Access access_to(const std::wstring& path) {
  PSECURITY_DESCRIPTOR found = nullptr;
  if (GetNamedSecurityInfoW(path.c_str(), SE_FILE_OBJECT, owner_and_list, nullptr, nullptr, nullptr,
                            nullptr, &found) != ERROR_SUCCESS)
    return {};
  const win::Descriptor keep(found);
  return access_in(found);
}

Access access_to_entry(const std::wstring& path) {
  const win::FileHandle file(CreateFileW(
      path.c_str(), READ_CONTROL, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
      OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (const DWORD code = GetLastError(); !file) {
    if (code == ERROR_FILE_NOT_FOUND) return {};
    win::throw_error(code, "cannot look who may change " + win::to_utf8(path));
  }
  PSECURITY_DESCRIPTOR found = nullptr;
  if (GetSecurityInfo(file.get(), SE_FILE_OBJECT, owner_and_list, nullptr, nullptr, nullptr,
                      nullptr, &found) != ERROR_SUCCESS)
    return {};
  const win::Descriptor keep(found);
  return access_in(found);
}

std::wstring sid_of_account(const std::wstring& name) {
  std::array<BYTE, SECURITY_MAX_SID_SIZE> sid{};
  std::array<wchar_t, 256> domain{};
  auto bytes = static_cast<DWORD>(sid.size());
  auto units = static_cast<DWORD>(domain.size());
  SID_NAME_USE use{};
  if (!LookupAccountNameW(nullptr, name.c_str(), sid.data(), &bytes, domain.data(), &units, &use))
    return {};
  return win::text_of_sid(sid.data());
}

}  // namespace overlap::installation
