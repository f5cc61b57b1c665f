#include "service/store/temporary.h"

#include <algorithm>
#include <array>

#include "common/digest/secrets.h"
#include "common/path/windows_name.h"

namespace overlap::store {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

template <std::size_t count>
std::string random_digits() {
  std::array<std::byte, count / 2> bytes{};
  random_bytes(bytes);
  std::string text;
  for (const std::byte byte : bytes) {
    text += digits[std::to_integer<unsigned>(byte) >> 4];
    text += digits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

bool are_digits(std::string_view text, std::size_t count) noexcept {
  return text.size() == count && text.find_first_not_of(digits) == std::string_view::npos;
}

}  // namespace

std::string make_mark() { return random_digits<mark_digits>(); }

std::string make_id(std::string_view mark) {
  return std::string(mark) + random_digits<id_digits - mark_digits>();
}

bool is_mark(std::string_view text) noexcept { return are_digits(text, mark_digits); }

bool is_id(std::string_view text) noexcept { return are_digits(text, id_digits); }

std::wstring temporary_path(const std::wstring& target, std::string_view id) {
  std::wstring name(temporary_prefix.begin(), temporary_prefix.end());
  name.append(id.begin(), id.end());
  return path_in(folder_of(target), name);
}

std::string id_of_temporary(std::wstring_view name) {
  const std::wstring prefix(temporary_prefix.begin(), temporary_prefix.end());
  if (!name.starts_with(prefix)) return {};
  name.remove_prefix(prefix.size());
  std::string id;
  for (const wchar_t unit : name) {
    if (unit >= 0x80) return {};
    id += static_cast<char>(unit);
  }
  return is_id(id) ? id : std::string();
}

DWORD fix_time(HANDLE file) noexcept {
  FILETIME now{};
  GetSystemTimeAsFileTime(&now);
  return SetFileTime(file, nullptr, nullptr, &now) ? ERROR_SUCCESS : GetLastError();
}

}  // namespace overlap::store
