#include "service/log/event_source.h"

#include <windows.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "service/log/log.h"

namespace overlap::log {
namespace {

WORD type_of(EventId id) noexcept {
  switch (static_cast<std::uint32_t>(id) >> 30) {
    case OVERLAP_SEVERITY_ERROR: return EVENTLOG_ERROR_TYPE;
    case OVERLAP_SEVERITY_WARNING: return EVENTLOG_WARNING_TYPE;
    default: return EVENTLOG_INFORMATION_TYPE;
  }
}

}  // namespace

bool report_now(EventId id, const wchar_t* const* inserts, std::size_t count) noexcept {
  return report_now(id, category_of(id), inserts, count);
}

bool report_now(EventId id, EventCategory category, const wchar_t* const* inserts,
                std::size_t count) noexcept {
  const HANDLE source = RegisterEventSourceW(nullptr, event_source_name);
  if (!source) return false;
  const BOOL reported =
      ReportEventW(source, type_of(id), static_cast<WORD>(category), static_cast<DWORD>(id),
                   nullptr, static_cast<WORD>(count), 0, const_cast<LPCWSTR*>(inserts), nullptr);
  DeregisterEventSource(source);
  return reported != FALSE;
}

void write_standard_error(const char* text, std::size_t bytes) noexcept {
  DWORD written = 0;
  const HANDLE handle = GetStdHandle(STD_ERROR_HANDLE);
  if (handle && handle != INVALID_HANDLE_VALUE)
    WriteFile(handle, text, static_cast<DWORD>(bytes), &written, nullptr);
}

void fatal(const char* what) noexcept {
  // On the stack: the heap may be what broke. No sequence of UTF-8 becomes longer in UTF-16.
  std::array<wchar_t, 512> wide{};
  const std::size_t bytes = std::min(std::strlen(what), wide.size() - 1);
  MultiByteToWideChar(CP_UTF8, 0, what, static_cast<int>(bytes), wide.data(),
                      static_cast<int>(wide.size() - 1));
  const wchar_t* inserts[] = {wide.data()};
  report_now(EventId::broken_invariant, inserts, 1);
}

}  // namespace overlap::log
