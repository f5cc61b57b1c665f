#include "service/installation/comparison.h"

#include <windows.h>
// windows.h comes before everything that needs its types.
#include <shellapi.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "service/installation/plan.h"
#include "service/win/security_descriptor.h"

namespace overlap::installation {
namespace {

// As it is if there is no such file.
std::wstring long_name(const std::wstring& path) {
  std::wstring name(32'768, L'\0');
  const DWORD units = GetLongPathNameW(path.c_str(), name.data(), static_cast<DWORD>(name.size()));
  if (units == 0 || units >= name.size()) return path;
  name.resize(units);
  return name;
}

// Without the option that says what goes without saying.
std::vector<std::wstring> words_of(const std::wstring& line) {
  int count = 0;
  const std::unique_ptr<wchar_t*, win::LocalMemory> found(CommandLineToArgvW(line.c_str(), &count));
  if (!found || line.empty()) return {};
  std::vector<std::wstring> words(found.get(), found.get() + count);
  const auto option = std::find(words.begin(), words.end(), L"--config");
  if (words.end() - option >= 2 && same_path(option[1], default_config_file()))
    words.erase(option, option + 2);
  return words;
}

}  // namespace

bool same_name(const std::wstring& one, const std::wstring& other) {
  return CompareStringOrdinal(one.c_str(), -1, other.c_str(), -1, TRUE) == CSTR_EQUAL;
}

bool same_path(const std::wstring& one, const std::wstring& other) {
  return same_name(one, other) || same_name(long_name(one), long_name(other));
}

bool same_command_line(const std::wstring& one, const std::wstring& other) {
  const std::vector<std::wstring> words = words_of(one);
  const std::vector<std::wstring> others = words_of(other);
  return std::equal(words.begin(), words.end(), others.begin(), others.end(), &same_path);
}

}  // namespace overlap::installation
