// Does what the service does when it starts, and then crashes.
//
//   crash_program CONFIG WAY [MS]    MS: how long a dump may take; CONFIG need not exist; the
//   marker and the dumps come beside it
//
// Ways that are no crash: `nothing` ends well, `wait` waits for its end, `mitigations` reads back
// what was asked for (exit status 0 in force, 77 none is, 1 otherwise).
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include "service/crash/crash.h"
#include "service/crash/run_marker.h"
#include "service/win/mitigations.h"

namespace {

template <class Crash>
void in_thread(Crash crash) {
  std::thread(crash).join();
}

// For a compiler that warns of what is coming.
volatile std::uintptr_t nowhere = 8;
volatile bool on_and_on = true;

void access_violation() { *reinterpret_cast<volatile int*>(nowhere) = 1; }

int overflow_stack(volatile const int* before) {
  volatile int room[256];
  room[0] = *before + 1;
  return on_and_on ? overflow_stack(room) + room[0] : 0;
}
// Wine commits a stack whole, with one guard page at its very end, and thereby forgets what the
// thread has reserved. A guard page further up makes it go down page by page, as Windows does;
// there this fails, as the page is not committed.
void guard_stack() {
  ULONG_PTR low = 0;
  ULONG_PTR high = 0;
  DWORD before = 0;
  GetCurrentThreadStackLimits(&low, &high);
  void* const page = reinterpret_cast<void*>(low + (high - low) / 2);
  VirtualProtect(page, 1, PAGE_READWRITE | PAGE_GUARD, &before);
}
void stack_overflow() {
  guard_stack();
  volatile const int begin = 0;
  overflow_stack(&begin);
}

void uncaught() { throw std::runtime_error("nobody wants this"); }
void uncaught_in_noexcept() noexcept { uncaught(); }

struct Base {
  Base();
  virtual ~Base() = default;
  virtual void pure() = 0;
};
struct Derived : Base {
  void pure() override {}
};
void (*volatile call)(Base&) = [](Base& object) { object.pure(); };
Base::Base() { call(*this); }  // no Derived yet
void pure_call() { Derived made; }

void division_by_zero() {
  volatile int zero = 0;
  volatile int result = 7 / zero;
  static_cast<void>(result);
}

void two_threads_at_once() {
  std::thread other(&access_violation);
  access_violation();
  other.join();
}

// MiniDumpWriteDump of Windows suspends all threads and then needs the heap, whose lock one of them
// may hold. Wine's suspends each for a moment only: here the thread with the lock does its part.
std::wstring marker;
DWORD marker_bytes() {
  WIN32_FILE_ATTRIBUTE_DATA found{};
  GetFileAttributesExW(marker.c_str(), GetFileExInfoStandard, &found);
  return found.nFileSizeLow;
}
void heap_lock_held() {
  static HANDLE crashing = nullptr;
  DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &crashing, 0, FALSE,
                  DUPLICATE_SAME_ACCESS);
  static const HANDLE locked = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  std::thread([bytes = marker_bytes()] {
    HeapLock(GetProcessHeap());
    SetEvent(locked);
    while (marker_bytes() == bytes) Sleep(20);  // until the crash is noted
    SuspendThread(crashing);
    Sleep(INFINITE);
  }).detach();
  WaitForSingleObject(locked, INFINITE);
  access_violation();
}

const std::map<std::string, void (*)()> ways{
    {"nothing", [] {}},
    {"wait", [] { Sleep(INFINITE); }},
    {"access_violation", &access_violation},
    {"access_violation_in_thread", [] { in_thread(&access_violation); }},
    {"stack_overflow", &stack_overflow},
    {"stack_overflow_in_thread", [] { in_thread(&stack_overflow); }},
    {"uncaught", &uncaught},
    {"uncaught_in_thread", [] { in_thread(&uncaught); }},
    {"uncaught_in_noexcept", &uncaught_in_noexcept},
    {"terminate", [] { std::terminate(); }},
    {"abort", [] { std::abort(); }},
    {"pure_call", &pure_call},
    {"division_by_zero", &division_by_zero},
    {"two_threads_at_once", &two_threads_at_once},
    {"heap_lock_held", &heap_lock_held},
    {"own_finding", [] { overlap::crash::end_process("a condition did not hold"); }},
};

int read_back_mitigations() {
  for (const std::string& refused : overlap::win::apply_mitigations())
    std::fprintf(stderr, "%s\n", refused.c_str());
  std::size_t in_force = 0;
  for (const auto& each : overlap::win::mitigations) {
    DWORD flags = 0;
    GetProcessMitigationPolicy(GetCurrentProcess(), each.policy, &flags, sizeof flags);
    const bool is = (flags & each.flags) == each.flags;
    std::fprintf(stderr, "%s: %s\n", each.what, is ? "in force" : "not in force");
    in_force += is;
  }
  if (in_force == 0) return 77;
  return in_force == overlap::win::mitigations.size() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return 2;
  const std::filesystem::path config(argv[1]);
  if (argv[2] == std::string("mitigations")) return read_back_mitigations();
  overlap::crash::stay_silent();
  marker = std::filesystem::path(config).replace_extension(".running").native();
  const std::string problem =
      overlap::crash::watch((config.parent_path() / "crashes").native(),
                            argc == 4 ? static_cast<unsigned>(std::stoul(argv[3]))
                                      : overlap::crash::write_ms_max_default);
  if (!problem.empty()) return std::fprintf(stderr, "%s\n", problem.c_str()), 2;
  overlap::crash::RunMarker marker(config.native());
  marker.begin("1.2.3");
  ways.at(argv[2])();
  return 0;
}
