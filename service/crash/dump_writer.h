// Two threads for the time when this process crashes: one writes the dump, the other, the guard,
// sees to it that the process ends. They exist, and dbghelp is loaded, from the start: a process
// that crashes may have no stack to load a library on.
//
// MiniDumpWriteDump suspends every other thread of the process, also the one that crashed. If one
// of them holds a lock that it needs itself (of the heap, of the loader), it comes back never, and
// nobody is left to notice but the guard, which is told to it as a thread to leave alone.
// Source: Microsoft, "MiniDumpWriteDump function", "MINIDUMP_INCLUDE_THREAD_CALLBACK structure",
// "DbgHelp Versions".
#pragma once

#include <windows.h>

#include <string>

namespace overlap::crash {

// What is handed to the writer. What it points to stays until write_dump() comes back.
struct Crash {
  DWORD thread = 0;  // id of the one that crashed
  EXCEPTION_POINTERS* exception = nullptr;
  const char* cause = nullptr;  // null: what the exception says
};

// Starts the threads; dumps go to `folder`, which is made when the first one is. Returns nothing,
// or a sentence that says why there will be no dumps. At most once in a process.
std::string start_dump_writer(const std::wstring& folder, DWORD write_ms_max);

// Writes the dump, and how it went to the file of note_into(). When that is done it comes back,
// or the guard has ended the process already, which it also does after `write_ms_max`. Any thread,
// the first time that it is called; a thread that comes later is held until the process ends, and
// one that crashes within comes back at once. Uses little stack and no heap.
void write_dump(const Crash& crash) noexcept;

// Where a crash is noted: a file that is open at the place to write at. Null: nowhere.
void note_into(HANDLE file) noexcept;

}  // namespace overlap::crash
