// What Windows shall no longer let this process do, so that a mistake in it is worth less to an
// attacker. Source: Microsoft, "SetProcessMitigationPolicy function".
#pragma once

#include <windows.h>

#include <array>
#include <string>
#include <vector>

namespace overlap::win {

// Every one of these structures of Windows is a word of flags.
struct Mitigation {
  PROCESS_MITIGATION_POLICY policy;
  DWORD flags;
  const char* what;  // as in "no child processes"
};

// Nothing of them can be taken back in the life of the process.
inline constexpr std::array mitigations{
    Mitigation{ProcessChildProcessPolicy, 0x1, "no child processes"},
    // Neither new executable memory nor changed code.
    Mitigation{ProcessDynamicCodePolicy, 0x1, "no dynamic code"},
    // The use of a handle that is none is a defect that hits whoever owns that number next: the
    // process ends. For good, as libraries cannot turn it off again.
    Mitigation{ProcessStrictHandleCheckPolicy, 0x3, "strict handles"},
    // Libraries that others have put in line to be loaded into every process.
    Mitigation{ProcessExtensionPointDisablePolicy, 0x1, "no extension points"},
    // None from another machine, none of low integrity, those of System32 first.
    Mitigation{ProcessImageLoadPolicy, 0x7, "libraries of this machine only"},
    Mitigation{ProcessFontDisablePolicy, 0x1, "no fonts but the system's"},
};

// Asks for each on its own. Returns a sentence for each that Windows refuses: an older one does not
// know them all.
std::vector<std::string> apply_mitigations();

}  // namespace overlap::win
