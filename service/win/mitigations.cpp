#include "service/win/mitigations.h"

#include "service/win/error.h"

namespace overlap::win {

// Not PROCESS_MITIGATION_DYNAMIC_CODE_POLICY, which the header of mingw-w64 gives a second word.
static_assert(sizeof(PROCESS_MITIGATION_CHILD_PROCESS_POLICY) == sizeof(DWORD));
static_assert(sizeof(PROCESS_MITIGATION_STRICT_HANDLE_CHECK_POLICY) == sizeof(DWORD));
static_assert(sizeof(PROCESS_MITIGATION_EXTENSION_POINT_DISABLE_POLICY) == sizeof(DWORD));
static_assert(sizeof(PROCESS_MITIGATION_IMAGE_LOAD_POLICY) == sizeof(DWORD));
static_assert(sizeof(PROCESS_MITIGATION_FONT_DISABLE_POLICY) == sizeof(DWORD));

std::vector<std::string> apply_mitigations() {
  std::vector<std::string> refused;
  for (const Mitigation& each : mitigations) {
    DWORD flags = each.flags;
    if (SetProcessMitigationPolicy(each.policy, &flags, sizeof flags)) continue;
    const DWORD code = GetLastError();
    refused.push_back("Windows refuses the mitigation \"" + std::string(each.what) +
                      "\": " + category().message(static_cast<int>(code)) + ".");
  }
  return refused;
}

}  // namespace overlap::win
