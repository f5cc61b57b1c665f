#include "service/log/message_text.h"

#include <windows.h>

#include <algorithm>
#include <array>
#include <memory>

#include "service/log/wide.h"

namespace overlap::log {
namespace {

constexpr std::wstring_view digits = L"0123456789";

std::string without_table(EventId id, const std::vector<std::wstring>& inserts) {
  std::string text = "event " + std::to_string(static_cast<std::uint32_t>(id) & 0xFFFF);
  const char* separator = ": ";
  for (const std::wstring& insert : inserts) {
    text += separator + win::to_utf8(insert);
    separator = ", ";
  }
  return text;
}

}  // namespace

std::string render(EventId id, const std::vector<std::wstring>& inserts) {
  // FormatMessage reads as many arguments as the message names, whatever we pass.
  std::array<DWORD_PTR, inserts_max> arguments{};
  for (std::size_t i = 0; i < arguments.size(); ++i)
    arguments[i] = reinterpret_cast<DWORD_PTR>(i < inserts.size() ? inserts[i].c_str() : L"");
  wchar_t* allocated = nullptr;
  const DWORD units = FormatMessageW(
      FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY |
          FORMAT_MESSAGE_MAX_WIDTH_MASK,
      GetModuleHandleW(nullptr), static_cast<DWORD>(id),
      MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), reinterpret_cast<wchar_t*>(&allocated), 0,
      reinterpret_cast<va_list*>(arguments.data()));
  if (units == 0) return without_table(id, inserts);
  const std::unique_ptr<wchar_t, decltype(&LocalFree)> owner(allocated, &LocalFree);
  std::wstring_view text(allocated, units);
  text.remove_suffix(text.size() - std::min(text.size(), text.find_last_not_of(L" \r\n") + 1));
  return win::to_utf8(text);
}

std::wstring reportable(std::string_view insert) {
  const std::wstring wide = win::to_wide(insert.substr(0, insert_units_max * 4));
  std::wstring safe;
  safe.reserve(std::min(wide.size(), insert_units_max) + 8);
  for (std::size_t i = 0; i < wide.size() && safe.size() < insert_units_max; ++i) {
    if (wide[i] == L'\0') continue;  // it would end the string
    safe += wide[i];
    if (wide[i] == L'%' && i + 1 < wide.size() && digits.find(wide[i + 1]) != digits.npos)
      safe += L' ';
  }
  safe.resize(std::min(safe.size(), insert_units_max));
  return safe;
}

config::Severity severity_of(EventId id) noexcept {
  switch (static_cast<std::uint32_t>(id) >> 30) {
    case OVERLAP_SEVERITY_ERROR: return config::Severity::error;
    case OVERLAP_SEVERITY_WARNING: return config::Severity::warning;
    default: return config::Severity::info;
  }
}

}  // namespace overlap::log
