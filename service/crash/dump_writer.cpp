#include "service/crash/dump_writer.h"

// windows.h comes before everything that needs its types.
#include <dbghelp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string_view>

#include "service/crash/crash.h"
#include "service/crash/dump_files.h"
#include "service/crash/exception_text.h"
#include "service/crash/run_text.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"
#include "service/win/private_file.h"
#include "service/win/security_descriptor.h"

namespace overlap::crash {
namespace {

// Stacks, threads, modules, and the memory that the stacks point to: enough to say what happened.
// Not the heap, which has the data of users and is as long as the process is large.
constexpr auto dump_type = static_cast<MINIDUMP_TYPE>(MiniDumpNormal | MiniDumpWithThreadInfo |
                                                      MiniDumpWithUnloadedModules |
                                                      MiniDumpWithIndirectlyReferencedMemory);

constexpr std::size_t stack_bytes = 1024 * 1024;
constexpr std::size_t path_units_max = 1'024;

struct Writer {
  decltype(&MiniDumpWriteDump) write = nullptr;
  // Only administrators read what users have sent.
  win::Descriptor file_rights;
  win::Descriptor folder_rights;
  SECURITY_ATTRIBUTES file_access{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
  SECURITY_ATTRIBUTES folder_access{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
  std::array<wchar_t, path_units_max> folder{};
  std::array<wchar_t, path_units_max> file{};
  HANDLE wanted = nullptr;
  HANDLE finished = nullptr;
  DWORD thread = 0;
  DWORD guard = 0;
  DWORD write_ms_max = 0;
  Crash crash;
};

Writer* writer = nullptr;  // lives until the process ends
bool is_ready = false;     // both threads wait
std::atomic<HANDLE> note_file{nullptr};
std::atomic<DWORD> taken_by{0};  // the thread whose crash is written

void note(std::string_view key, std::string_view value) noexcept {
  std::array<char, 2 * path_units_max> line{};
  const std::size_t bytes = write_line(line.data(), line.size(), key, value);
  DWORD written = 0;
  const HANDLE file = note_file.load();
  if (file != nullptr) WriteFile(file, line.data(), static_cast<DWORD>(bytes), &written, nullptr);
}

void note_cause(const Crash& crash) noexcept {
  if (crash.cause != nullptr) return note(crash_key, crash.cause);
  note(crash_key, describe(*crash.exception->ExceptionRecord).data());
}

void note_error(const char* call, DWORD code) noexcept {
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%s failed with error 0x%lX", call, code);
  note(no_dump_key, text.data());
}

void note_file_name() noexcept {
  std::array<char, 3 * path_units_max> name{};  // no unit of UTF-16 is longer in UTF-8
  const int bytes = WideCharToMultiByte(CP_UTF8, 0, writer->file.data(), -1, name.data(),
                                        static_cast<int>(name.size()), nullptr, nullptr);
  note(dump_key, std::string_view(name.data(), static_cast<std::size_t>(std::max(bytes, 1) - 1)));
}

void make_file_name() noexcept {
  SYSTEMTIME now{};
  GetSystemTime(&now);
  const DumpName name = dump_name(now, GetCurrentProcessId());
  const auto end = std::find(writer->folder.begin(), writer->folder.end(), L'\0');
  auto out = std::copy(writer->folder.begin(), end, writer->file.begin());
  *out++ = L'\\';
  std::copy(name.begin(), name.end(), out);
}

// The guard stays awake. Of the other calls those that ask for more than what the type says are
// refused.
BOOL CALLBACK choose(void*, MINIDUMP_CALLBACK_INPUT* input, MINIDUMP_CALLBACK_OUTPUT*) noexcept {
  switch (input->CallbackType) {
    case IncludeThreadCallback: return input->IncludeThread.ThreadId != writer->guard;
    case IncludeModuleCallback:
    case ModuleCallback:
    case ThreadCallback:
    case ThreadExCallback: return TRUE;
    default: return FALSE;
  }
}

// True if there is a dump; else why not is noted.
bool write_file() noexcept {
  CreateDirectoryW(writer->folder.data(), &writer->folder_access);  // it may be there
  make_file_name();
  const win::FileHandle file(CreateFileW(writer->file.data(), GENERIC_WRITE | DELETE, 0,
                                         &writer->file_access, CREATE_NEW, FILE_ATTRIBUTE_NORMAL,
                                         nullptr));
  if (!file) return note_error("CreateFile", GetLastError()), false;
  MINIDUMP_EXCEPTION_INFORMATION exception{writer->crash.thread, writer->crash.exception, FALSE};
  MINIDUMP_CALLBACK_INFORMATION callback{&choose, nullptr};
  const bool written = writer->write(GetCurrentProcess(), GetCurrentProcessId(), file.get(),
                                     dump_type, &exception, nullptr, &callback) &&
                       FlushFileBuffers(file.get());
  if (written) return true;
  note_error("MiniDumpWriteDump", GetLastError());
  FILE_DISPOSITION_INFO remove{TRUE};  // half of one helps nobody
  SetFileInformationByHandle(file.get(), FileDispositionInfo, &remove, sizeof remove);
  return false;
}

DWORD WINAPI write_when_wanted(void*) {
  // The C library asks for memory when a thread first formats text: now, while it can be had.
  describe(EXCEPTION_RECORD{});
  WaitForSingleObject(writer->wanted, INFINITE);
  note_cause(writer->crash);
  if (write_file()) note_file_name();
  if (const HANDLE file = note_file.load(); file != nullptr) FlushFileBuffers(file);
  SetEvent(writer->finished);
  return 0;
}

// Ends the process also if the dump came about: who waits for it may have been left suspended.
DWORD WINAPI guard(void*) {
  WaitForSingleObject(writer->wanted, INFINITE);
  if (WaitForSingleObject(writer->finished, writer->write_ms_max) != WAIT_OBJECT_0)
    note(no_dump_key, "writing it took too long");
  TerminateProcess(GetCurrentProcess(), exit_code);
  return 0;
}

DWORD start_thread(LPTHREAD_START_ROUTINE body) {
  DWORD id = 0;
  const win::KernelHandle thread(CreateThread(nullptr, stack_bytes, body, nullptr, 0, &id));
  if (const DWORD code = GetLastError(); !thread) win::throw_error(code, "CreateThread");
  return id;
}

// Where Windows has it in a library of its own, dbghelp would load that one at the crash.
decltype(&MiniDumpWriteDump) load() noexcept {
  for (const wchar_t* const library : {L"dbgcore.dll", L"dbghelp.dll"}) {
    const HMODULE module = LoadLibraryExW(library, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (module == nullptr) continue;
    if (const FARPROC found = GetProcAddress(module, "MiniDumpWriteDump"))
      return reinterpret_cast<decltype(&MiniDumpWriteDump)>(reinterpret_cast<void*>(found));
  }
  return nullptr;
}

std::string without_dumps(const std::string& why) {
  return "No dump will be written if the service crashes: " + why + ".";
}

}  // namespace

std::string start_dump_writer(const std::wstring& folder, DWORD write_ms_max) try {
  if (folder.size() + std::tuple_size_v<DumpName> >= path_units_max)
    return without_dumps("the name of the folder " + win::to_utf8(folder) + " is too long");
  auto made = std::make_unique<Writer>();
  std::copy(folder.begin(), folder.end(), made->folder.begin());
  made->write_ms_max = write_ms_max;
  const auto make = [](const std::wstring& rights) {
    return win::make_descriptor(rights, "cannot make their rights");
  };
  made->file_rights = make(win::private_file_rights());
  made->file_access.lpSecurityDescriptor = made->file_rights.get();
  made->folder_rights = make(win::private_folder_rights());
  made->folder_access.lpSecurityDescriptor = made->folder_rights.get();
  made->write = load();
  if (made->write == nullptr) return without_dumps("this Windows has no MiniDumpWriteDump");
  made->wanted = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (!made->wanted) win::throw_last_error("CreateEvent");
  made->finished = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (!made->finished) win::throw_last_error("CreateEvent");
  writer = made.release();  // also if only one of the threads comes about: it waits there
  writer->guard = start_thread(&guard);
  writer->thread = start_thread(&write_when_wanted);
  is_ready = true;
  return {};
} catch (const std::system_error& error) {
  return without_dumps(error.what());
}

void write_dump(const Crash& crash) noexcept {
  const DWORD me = GetCurrentThreadId();
  DWORD nobody = 0;
  if (!taken_by.compare_exchange_strong(nobody, me)) {
    const bool within = nobody == me || (is_ready && writer->thread == me);
    if (!within) Sleep(INFINITE);
    return note(no_dump_key, "writing it crashed");
  }
  if (!is_ready) {
    note_cause(crash);
    return note(no_dump_key, "none could be written from the start");
  }
  writer->crash = crash;
  SetEvent(writer->wanted);
  WaitForSingleObject(writer->finished, INFINITE);
}

void note_into(HANDLE file) noexcept { note_file.store(file); }

}  // namespace overlap::crash
