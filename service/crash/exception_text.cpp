#include "service/crash/exception_text.h"

#include <cstdint>
#include <cstdio>

namespace overlap::crash {
namespace {

constexpr DWORD heap_corruption = 0xC0000374;  // STATUS_HEAP_CORRUPTION
constexpr DWORD invalid_handle = 0xC0000008;   // STATUS_INVALID_HANDLE
constexpr DWORD msvc_exception =
    0xE06D7363;  // thrown by C++; the code of libstdc++ never gets here

const char* name_of(DWORD code) noexcept {
  switch (code) {
    case EXCEPTION_ACCESS_VIOLATION: return "an access violation";
    case EXCEPTION_IN_PAGE_ERROR: return "a page that could not be read";
    case EXCEPTION_STACK_OVERFLOW: return "a stack overflow";
    case EXCEPTION_ILLEGAL_INSTRUCTION: return "an illegal instruction";
    case EXCEPTION_PRIV_INSTRUCTION: return "a privileged instruction";
    case EXCEPTION_INT_DIVIDE_BY_ZERO: return "a division by zero";
    case EXCEPTION_BREAKPOINT: return "a breakpoint";
    case invalid_handle: return "an invalid handle";
    case heap_corruption: return "a corrupt heap";
    case msvc_exception: return "a C++ exception that nobody caught";
    default: return "an exception";
  }
}

const char* access_of(ULONG_PTR kind) noexcept {
  constexpr ULONG_PTR execute = 8;
  return kind == 0 ? "reading from" : kind == execute ? "executing" : "writing to";
}

// Where the executable was loaded is chosen anew for each run: only the distance means something.
bool in_executable(const void* address, std::uintptr_t& distance) noexcept {
  const auto base = reinterpret_cast<std::uintptr_t>(GetModuleHandleW(nullptr));
  const auto* dos = reinterpret_cast<const IMAGE_DOS_HEADER*>(base);
  const auto* headers =
      reinterpret_cast<const IMAGE_NT_HEADERS*>(base + static_cast<std::uintptr_t>(dos->e_lfanew));
  distance = reinterpret_cast<std::uintptr_t>(address) - base;
  return distance < headers->OptionalHeader.SizeOfImage;
}

}  // namespace

ExceptionText describe(const EXCEPTION_RECORD& record) noexcept {
  ExceptionText text{};
  std::uintptr_t at = 0;
  const bool ours = in_executable(record.ExceptionAddress, at);
  if (!ours) at = reinterpret_cast<std::uintptr_t>(record.ExceptionAddress);
  const DWORD code = record.ExceptionCode;
  const int used =
      std::snprintf(text.data(), text.size(), "%s (0x%08lX) at %s0x%llX", name_of(code), code,
                    ours ? "overlap-service.exe+" : "", static_cast<unsigned long long>(at));
  const bool of_memory = code == EXCEPTION_ACCESS_VIOLATION || code == EXCEPTION_IN_PAGE_ERROR;
  if (!of_memory || record.NumberParameters < 2 || used < 0) return text;
  const auto begin = static_cast<std::size_t>(used);
  std::snprintf(text.data() + begin, text.size() - begin, ", %s 0x%llX",
                access_of(record.ExceptionInformation[0]),
                static_cast<unsigned long long>(record.ExceptionInformation[1]));
  return text;
}

}  // namespace overlap::crash
