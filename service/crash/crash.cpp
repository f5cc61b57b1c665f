// Source: Microsoft, "SetUnhandledExceptionFilter function", "SetThreadStackGuarantee function",
// "_set_invalid_parameter_handler", "_set_purecall_handler".
#include "service/crash/crash.h"

#include <windows.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "service/crash/dump_writer.h"

namespace overlap::crash {
namespace {

// What a thread keeps of its stack so that its overflow can be told.
constexpr ULONG reserved_stack_bytes = 64 * 1024;

[[noreturn]] void end(const Crash& crash) noexcept {
  write_dump(crash);
  TerminateProcess(GetCurrentProcess(), exit_code);
  Sleep(INFINITE);  // for the compiler: no process outlives that
  std::abort();
}

LONG WINAPI on_exception(EXCEPTION_POINTERS* exception) {
#ifdef __GNUC__
  // How libgcc throws: it takes the way back for "nobody catches it", and calls std::terminate.
  constexpr DWORD thrown_by_gcc = 0x20474343;
  if (exception->ExceptionRecord->ExceptionCode == thrown_by_gcc)
    return EXCEPTION_CONTINUE_EXECUTION;
#endif
  end({GetCurrentThreadId(), exception, nullptr});
}

[[noreturn]] void on_terminate() {
  std::array<char, 256> cause{"a call of std::terminate"};
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    std::snprintf(cause.data(), cause.size(), "an exception that nobody caught: %s", error.what());
  } catch (...) {
    std::snprintf(cause.data(), cause.size(), "an exception that nobody caught");
  }
  end_process(cause.data());
}

void on_abort(int) { end_process("a call of abort"); }

#ifdef _MSC_VER
void on_pure_call() { end_process("a call of a pure virtual function"); }
#endif

void on_invalid_parameter(const wchar_t*, const wchar_t*, const wchar_t*, unsigned, uintptr_t) {
  end_process("an argument that the C library refuses");
}

void NTAPI on_thread(void*, DWORD reason, void*) {
  if (reason != DLL_PROCESS_ATTACH && reason != DLL_THREAD_ATTACH) return;
  ULONG bytes = reserved_stack_bytes;
  SetThreadStackGuarantee(&bytes);  // cannot be done: then an overflow leaves no dump
}

}  // namespace

void stay_silent() noexcept {
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX);
  // Not SEM_NOGPFAULTERRORBOX: error reporting itself may write a dump of what Windows ends without
  // asking (LocalDumps). Not in every import library, but in every Windows.
  using SetFlags = HRESULT(WINAPI*)(DWORD);
  constexpr DWORD fault_reporting_no_ui = 0x20;
  if (const FARPROC found = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "WerSetFlags"))
    reinterpret_cast<SetFlags>(reinterpret_cast<void*>(found))(fault_reporting_no_ui);
#ifdef _MSC_VER
  _set_abort_behavior(0, _WRITE_ABORT_MSG | _CALL_REPORTFAULT);
#endif
}

std::string watch(const std::wstring& folder, unsigned write_ms_max) {
  std::string problem = start_dump_writer(folder, write_ms_max);
  SetUnhandledExceptionFilter(&on_exception);
  std::set_terminate(&on_terminate);  // MSVC: of this thread; on others it ends in abort
  std::signal(SIGABRT, &on_abort);
  _set_invalid_parameter_handler(&on_invalid_parameter);
#ifdef _MSC_VER
  _set_purecall_handler(&on_pure_call);  // elsewhere it is std::terminate
#endif
  return problem;
}

void end_process(const char* cause) noexcept {
  CONTEXT context;
  RtlCaptureContext(&context);
  EXCEPTION_RECORD record{};
  record.ExceptionCode = 0x40000015;  // STATUS_FATAL_APP_EXIT, with which a debugger shows an abort
  record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
  record.ExceptionAddress = reinterpret_cast<void*>(&end_process);
  EXCEPTION_POINTERS exception{&record, &context};
  end({GetCurrentThreadId(), &exception, cause});
}

}  // namespace overlap::crash

// Windows calls this as each thread begins, also those of libraries (Microsoft: "PE Format", the
// .tls section): nobody else knows them all.
#ifdef _MSC_VER
#pragma comment(linker, "/INCLUDE:_tls_used")
#pragma const_seg(".CRT$XLF")
extern "C" const PIMAGE_TLS_CALLBACK overlap_on_thread = &overlap::crash::on_thread;
#pragma const_seg()
#else
extern "C" {
__attribute__((section(".CRT$XLF"), used)) PIMAGE_TLS_CALLBACK overlap_on_thread =
    &overlap::crash::on_thread;
}
#endif
