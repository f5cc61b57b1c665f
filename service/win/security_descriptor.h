// Security descriptors from their text form, and what the system hands out by LocalAlloc.
#pragma once

#include <windows.h>
// windows.h comes before everything that needs its types.
#include <sddl.h>

#include <memory>
#include <string>

#include "service/win/error.h"

namespace overlap::win {

struct LocalMemory {
  void operator()(void* memory) const noexcept { LocalFree(memory); }
};
using Descriptor = std::unique_ptr<void, LocalMemory>;

// Microsoft: "Security Descriptor String Format". Throws std::system_error with the text `what`.
inline Descriptor make_descriptor(const std::wstring& text, const std::string& what) {
  PSECURITY_DESCRIPTOR made = nullptr;
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1, &made,
                                                            nullptr)) {
    const DWORD code = GetLastError();
    throw_error(code, what);
  }
  return Descriptor(made);
}

}  // namespace overlap::win
