// Files that are written whole or not at all, and files that hold a secret.
#pragma once

#include <windows.h>

#include <string>
#include <string_view>

namespace overlap::win {

// Who may read a new file.
enum class Readers : bool {
  of_folder,  // as the folder gives it on to what is made in it
  trusted,    // administrators, the system, who made it, and the service
};

enum class IfThere : bool { fail, replace };

// Who may read them, as a descriptor: the system, administrators and who made it may do all, the
// service may read under whichever account it runs, and nothing is inherited. Throws
// std::system_error.
std::wstring private_file_rights();
// The same of a folder, and of whatever is made in it.
std::wstring private_folder_rights();

// Written beside its name and renamed, so that nobody reads half of it; `readers` hold from the
// first moment on (Windows; Wine keeps the bits of a mode instead of lists). Throws
// std::system_error that names the file; ERROR_ALREADY_EXISTS if it is there and was to fail so.
void write_whole_file(const std::wstring& path, std::string_view text, Readers readers,
                      IfThere if_there);

// How well a file that holds a secret is kept.
enum class Kept : unsigned char {
  well,        // or that cannot be told
  readable,    // by others than those of Readers::trusted
  by_another,  // its owner is not to be trusted: he may read and change it whenever he likes
};
// Throws as private_file_rights().
Kept how_kept(const std::wstring& path);
Kept how_kept(PSECURITY_DESCRIPTOR descriptor);

// Whether anybody but those of Readers::trusted may read the file.
inline bool others_may_read(const std::wstring& path) { return how_kept(path) != Kept::well; }

}  // namespace overlap::win
