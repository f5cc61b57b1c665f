// Where the program of the service may lie: whoever can change it may do what the service may.
#pragma once

#include <string>

namespace overlap::installation {

// C:\Program Files\Overlap on most machines: only administrators write there. Throws
// std::system_error.
std::wstring default_program_folder();

// The program to compare an installation with: what is registered, if that file is there; then
// `beside`, the one beside the program that asks, if nobody but administrators can change it. Else
// that of the default folder, there or not: no command may register a program out of a folder for
// downloads. Both absolute; `registered` may be empty.
std::wstring wanted_program(const std::wstring& registered, const std::wstring& beside);

}  // namespace overlap::installation
