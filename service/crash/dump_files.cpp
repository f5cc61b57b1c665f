#include "service/crash/dump_files.h"

#include <algorithm>
#include <filesystem>

#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap::crash {
namespace {

constexpr std::wstring_view prefix = L"overlap-service-";
constexpr std::wstring_view time_shape = L"00000000T000000Z";  // 0 stands for any digit
constexpr std::wstring_view suffix = L".dmp";

bool is_digit(wchar_t c) noexcept { return c >= L'0' && c <= L'9'; }

// The number in so many digits; returns what follows them. Without the C library, whose formatting
// of wide text may ask for memory.
wchar_t* put(wchar_t* out, DWORD number, int digits) noexcept {
  for (int i = digits - 1; i >= 0; --i, number /= 10)
    out[i] = static_cast<wchar_t>(L'0' + number % 10);
  return out + digits;
}

int digits_of(DWORD number) noexcept {
  int digits = 1;
  while (number /= 10) ++digits;
  return digits;
}

}  // namespace

DumpName dump_name(const SYSTEMTIME& utc, DWORD process) noexcept {
  DumpName name{};
  wchar_t* out = std::copy(prefix.begin(), prefix.end(), name.data());
  out = put(put(put(out, utc.wYear, 4), utc.wMonth, 2), utc.wDay, 2);
  *out++ = L'T';
  out = put(put(put(out, utc.wHour, 2), utc.wMinute, 2), utc.wSecond, 2);
  *out++ = L'Z';
  *out++ = L'-';
  out = put(out, process, digits_of(process));
  std::copy(suffix.begin(), suffix.end(), out);
  return name;
}

bool is_dump_name(std::wstring_view name) noexcept {
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return false;
  name.remove_prefix(prefix.size());
  name.remove_suffix(suffix.size());
  if (name.size() < time_shape.size() + 2 || name[time_shape.size()] != L'-') return false;
  const bool has_time =
      std::equal(time_shape.begin(), time_shape.end(), name.begin(),
                 [](wchar_t shape, wchar_t c) { return shape == L'0' ? is_digit(c) : c == shape; });
  name.remove_prefix(time_shape.size() + 1);
  return has_time && std::all_of(name.begin(), name.end(), &is_digit);
}

std::vector<std::wstring> superfluous(std::vector<std::wstring> names, std::size_t keep) {
  std::erase_if(names, [](const std::wstring& name) { return !is_dump_name(name); });
  std::sort(names.begin(), names.end());
  names.resize(names.size() - std::min(names.size(), keep));
  return names;
}

std::vector<std::string> prune_dumps(const std::wstring& folder) {
  std::vector<std::wstring> names;
  std::error_code end;  // no such folder, or it cannot be listed: nothing is known to be removed
  for (std::filesystem::directory_iterator at(folder, end), last; !end && at != last;
       at.increment(end))
    names.push_back(at->path().filename().native());
  std::vector<std::string> failed;
  for (const std::wstring& name : superfluous(std::move(names), dumps_max)) {
    const std::wstring file = folder + L"\\" + name;
    if (DeleteFileW(file.c_str())) continue;
    failed.push_back("The old dump " + win::to_utf8(file) + " cannot be removed: " +
                     win::category().message(static_cast<int>(GetLastError())) + ".");
  }
  return failed;
}

}  // namespace overlap::crash
