// Functions of libraries of the system that are not needed before they are asked for.
#pragma once

#include <windows.h>

#include <string>

#include "admin/ctl/doctor/result.h"
#include "service/log/wide.h"

namespace overlap::ctl::doctor {

// From System32 alone, whatever lies beside the program or in the working directory.
class Library {
 public:
  // Throws NotKnown if the system has none.
  explicit Library(const wchar_t* name)
      : name_(name), module_(LoadLibraryExW(name, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32)) {
    if (module_ == nullptr) throw NotKnown("this system has no " + win::to_utf8(name_));
  }
  ~Library() { FreeLibrary(module_); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // `Function` is the type of a declared function: decltype(&EvtQuery). Throws NotKnown.
  template <class Function>
  Function function(const char* name) const {
    const FARPROC found = GetProcAddress(module_, name);
    if (found == nullptr) throw NotKnown(win::to_utf8(name_) + " of this system has no " + name);
    return reinterpret_cast<Function>(reinterpret_cast<void*>(found));
  }

 private:
  std::wstring name_;
  HMODULE module_;
};

}  // namespace overlap::ctl::doctor
