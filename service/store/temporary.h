// Temporary files: where content is written before it gets its name. They lie beside their target,
// so that they inherit the rights of its folder and a rename is enough to finish them.
#pragma once

#include <string>
#include <string_view>

#include "service/store/served_folder.h"

namespace overlap::store {

// The name of a temporary file, and the id of an upload that can be resumed. It begins with the
// mark of the run of the store that made it, which tells its files from those of another store that
// serves a folder above or below. The rest are 96 random bits: not to be guessed, since whoever
// knows the id and the user's name may go on with the upload.
inline constexpr std::size_t id_digits = 32;
inline constexpr std::size_t mark_digits = 8;
std::string make_mark();
std::string make_id(std::string_view mark);
inline std::string_view mark_of(std::string_view id) { return id.substr(0, mark_digits); }
// Lowercase hexadecimal digits, so many as in a mark.
bool is_mark(std::string_view text) noexcept;
// 32 lowercase hexadecimal digits, as in make_id().
bool is_id(std::string_view text) noexcept;

// ".overlap-" and the id, in the folder of `target`.
std::wstring temporary_path(const std::wstring& target, std::string_view id);
// The id in the name of a temporary file; empty if it is none.
std::string id_of_temporary(std::wstring_view name);

// What opens a temporary file for overlapped requests. Nobody else may read it: a virus scanner
// that kept it open would delay the rename.
inline constexpr Opening temporary_opening{GENERIC_READ | GENERIC_WRITE | DELETE, FILE_SHARE_DELETE,
                                           FILE_CREATE,
                                           FILE_NON_DIRECTORY_FILE | FILE_SEQUENTIAL_ONLY};

// Sets the time of the last change to now, which fixes it: left to itself, it may move when the
// last handle is closed, and the validator given to the uploader would be another one than
// downloaders get (Microsoft: "WriteFile function", remarks on the last write time).
DWORD fix_time(HANDLE file) noexcept;

}  // namespace overlap::store
