#include "service/management/process_figures.h"

#include <windows.h>
// windows.h comes before everything that needs its types.
#include <psapi.h>
#include <tlhelp32.h>

#include "service/win/handle.h"

namespace overlap::management {
namespace {

double in_seconds(const FILETIME& time) noexcept {
  constexpr double ticks_per_second = 1e7;
  const std::uint64_t ticks = std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime;
  return static_cast<double>(ticks) / ticks_per_second;
}

// Windows counts the threads of a process only in a list of all processes.
std::uint32_t threads_of(DWORD process) noexcept {
  const win::FileHandle list(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  if (!list) return 0;
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof entry;
  for (BOOL more = Process32FirstW(list.get(), &entry); more;
       more = Process32NextW(list.get(), &entry)) {
    if (entry.th32ProcessID == process) return entry.cntThreads;
  }
  return 0;
}

}  // namespace

ProcessFigures process_figures() noexcept {
  ProcessFigures figures;
  const HANDLE self = GetCurrentProcess();
  PROCESS_MEMORY_COUNTERS_EX memory{};
  memory.cb = sizeof memory;
  if (K32GetProcessMemoryInfo(self, reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&memory),
                              sizeof memory))
    // Wine fills in the older of two members that mean the same.
    figures.memory_bytes = memory.PrivateUsage ? memory.PrivateUsage : memory.PagefileUsage;
  DWORD handles = 0;
  if (GetProcessHandleCount(self, &handles)) figures.handles = handles;
  FILETIME created{}, ended{}, kernel{}, user{};
  if (GetProcessTimes(self, &created, &ended, &kernel, &user))
    figures.cpu_seconds = in_seconds(kernel) + in_seconds(user);
  figures.threads = threads_of(GetCurrentProcessId());
  return figures;
}

}  // namespace overlap::management
