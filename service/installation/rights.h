// Who may do what with the folders and files of an installation. Source: Microsoft, "Security
// Descriptor String Format", "File Access Rights Constants".
#pragma once

#include <windows.h>

#include <string>
#include <vector>

namespace overlap::installation {

// The folder with configuration, users, token, journal and dumps. The system and administrators may
// do all; the service may make, change and delete what is in it, but neither delete nor rename the
// folder itself; nobody else sees it.
std::wstring state_folder_rights();
// The service reads it, and can neither change nor replace it.
std::wstring config_file_rights();
// A served folder that the installation makes: as the state folder.
std::wstring served_folder_rights();

// Sets the access list to this one ("P": without inheritance from above); what is in a folder
// inherits it. The owner becomes the administrators, if the caller may do that: an owner may always
// change the list. Throws std::system_error that names the path.
void set_rights(const std::wstring& path, const std::wstring& rights);

// Whether the path has that access list already: setting it again would walk through all that is
// below.
bool has_rights(const std::wstring& path, const std::wstring& rights);
// The same for two descriptors: entries in their order, and whether something is inherited.
bool same_list(PSECURITY_DESCRIPTOR one, PSECURITY_DESCRIPTOR other);

// Owner and access list. Text that a person may compare; empty if it may not be read.
std::wstring rights_of(const std::wstring& path);

// What the access list of a file or folder says.
struct Access {
  bool known = false;  // it could be read, and the file system keeps such lists
  // Accounts other than the system, administrators, TrustedInstaller and the service that may
  // change or replace it, or what is made in it: "BUILTIN\Users".
  std::vector<std::string> other_writers;
  std::string owner;
  std::wstring owner_sid;
  // The system, administrators, TrustedInstaller, the service, an account that only services have,
  // or who runs this.
  bool owner_trusted = false;
  bool service_reads = false;  // by its own SID, or as one of those groups that every service is in
  bool service_writes = false;
};
Access access_to(const std::wstring& path);
// The same, of a link its own and not of what it leads to. Not known for what is gone meanwhile.
// Throws std::system_error if it may not be asked for.
Access access_to_entry(const std::wstring& path);
Access access_in(PSECURITY_DESCRIPTOR descriptor);

// Empty if there is no such account.
std::wstring sid_of_account(const std::wstring& name);

}  // namespace overlap::installation
