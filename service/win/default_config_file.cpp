#include "service/win/default_config_file.h"

#include <windows.h>
// windows.h comes before everything that needs its types.
#include <shlobj.h>

#include <memory>

#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap::win {

std::string default_config_file() {
  wchar_t* folder = nullptr;
  const HRESULT result = SHGetKnownFolderPath(FOLDERID_ProgramData, 0, nullptr, &folder);
  const std::unique_ptr<wchar_t, decltype(&CoTaskMemFree)> owner(folder, &CoTaskMemFree);
  if (FAILED(result)) throw_error(static_cast<DWORD>(result), "SHGetKnownFolderPath");
  return to_utf8(folder) + "\\Overlap\\overlap.toml";
}

}  // namespace overlap::win
