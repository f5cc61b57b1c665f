#include "service/installation/program_folder.h"

#include <windows.h>
// windows.h comes before everything that needs its types.
#include <shlobj.h>

#include <filesystem>
#include <memory>

#include "service/installation/comparison.h"
#include "service/installation/rights.h"
#include "service/win/error.h"

namespace overlap::installation {
namespace {

bool is_file(const std::wstring& path) {
  const DWORD attributes = GetFileAttributesW(path.c_str());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

bool is_guarded(const std::wstring& program) {
  const std::wstring folder = std::filesystem::path(program).parent_path().native();
  if (same_path(folder, default_program_folder())) return true;
  for (const std::wstring& path : {folder, program}) {
    const Access access = access_to(path);
    if (!access.known || !access.owner_trusted || !access.other_writers.empty()) return false;
  }
  return true;
}

}  // namespace

std::wstring default_program_folder() {
  wchar_t* folder = nullptr;
  const HRESULT result = SHGetKnownFolderPath(FOLDERID_ProgramFiles, 0, nullptr, &folder);
  const std::unique_ptr<wchar_t, decltype(&CoTaskMemFree)> owner(folder, &CoTaskMemFree);
  if (FAILED(result)) win::throw_error(static_cast<DWORD>(result), "SHGetKnownFolderPath");
  return std::wstring(folder) + L"\\Overlap";
}

std::wstring wanted_program(const std::wstring& registered, const std::wstring& beside) {
  if (is_file(registered)) return registered;
  if (is_file(beside) && is_guarded(beside)) return beside;
  return default_program_folder() + L"\\overlap-service.exe";
}

}  // namespace overlap::installation
