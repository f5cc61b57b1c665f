// What happens when the service crashes: a dump is written, the marker of the run (run_marker.h)
// told, and the process ended with an exit code of its own, so that the service manager sees that
// it has died and starts it again.
#pragma once

#include <string>

namespace overlap::crash {

// Of the process, after a crash.
inline constexpr unsigned exit_code = 8;

// A dump is a few megabytes, written in a second or two. Where a thread that it waits for holds the
// lock of the heap, none comes about.
inline constexpr unsigned write_ms_max_default = 120'000;

// No box on a screen that nobody sees: neither of the system nor of the C library.
void stay_silent() noexcept;

// From now on these end the process as described above: an exception of the processor or of
// Windows that nobody handles, a stack overflow of any thread, a C++ exception that nobody
// catches, std::terminate, abort, a pure virtual call, and an argument that the C library refuses.
// What Windows ends without asking the program (a corrupt heap, a smashed stack) is not among
// them. Dumps go to `folder`; a process that has not written one after `write_ms_max` ends without
// it. Returns nothing, or a sentence that says why there will be no dumps:
// the rest holds. Once in a process, before its threads.
std::string watch(const std::wstring& folder, unsigned write_ms_max = write_ms_max_default);

// The same of what the program itself finds to be wrong; `cause` is a part of a sentence.
[[noreturn]] void end_process(const char* cause) noexcept;

}  // namespace overlap::crash
