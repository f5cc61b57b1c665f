// Whether two texts mean the same to Windows.
#pragma once

#include <string>

namespace overlap::installation {

// Names of files and accounts: letters in either case, as NTFS and the service manager compare.
bool same_name(const std::wstring& one, const std::wstring& other);
// Paths: also a short name ("C:\PROGRA~1") for the long one, where the file exists.
bool same_path(const std::wstring& one, const std::wstring& other);
// What the service manager starts. The default configuration may be named or not; a path with a
// space needs its quotes, without which Windows would try "C:\Program.exe" first.
bool same_command_line(const std::wstring& one, const std::wstring& other);

}  // namespace overlap::installation
