// The thread that writes the dump of this process when it crashes. It exists, and dbghelp is
// loaded, from the start: a process that crashes may have no stack to load a library on.
// Source: Microsoft, "MiniDumpWriteDump function" (call it from another thread than the one that
// crashed), "DbgHelp Versions".
#pragma once

#include <windows.h>

#include <string>

namespace overlap::crash {

// What is handed to the thread. What it points to stays until write_dump() comes back.
struct Crash {
  DWORD thread = 0;  // id of the one that crashed
  EXCEPTION_POINTERS* exception = nullptr;
  const char* cause = nullptr;  // null: what the exception says
};

// Starts the thread; dumps go to `folder`, which is made when the first one is. Returns nothing, or
// a sentence that says why there will be no dumps. At most once in a process.
std::string start_dump_writer(const std::wstring& folder);

// Writes the dump, and how it went to the file of note_into(). Comes back when that is done, or
// could not be done in a bounded time. Any thread, the first time that it is called; a thread that
// comes later is held until the process ends, and one that crashes within comes back at once. Uses
// little stack and no heap.
void write_dump(const Crash& crash) noexcept;

// Where a crash is noted: a file that is open at the place to write at. Null: nowhere.
void note_into(HANDLE file) noexcept;

}  // namespace overlap::crash
