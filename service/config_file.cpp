#include "service/config_file.h"

#include <windows.h>

#include <filesystem>

#include "common/config/parse.h"
#include "service/log/wide.h"
#include "service/scm/start_error.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap {
namespace {

using scm::ExitCode;
using scm::StartError;

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
  throw StartError(ExitCode::config,
                   "the configuration file " + file + " cannot be read: " + why + ".");
}

std::string read(const std::string& file) {
  const win::FileHandle handle(CreateFileW(win::to_wide(file).c_str(), GENERIC_READ,
                                           FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                           nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (const DWORD code = GetLastError(); !handle) refuse(file, win::error_code(code).message());
  std::string text(config::file_bytes_max + 1, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    DWORD bytes = 0;
    if (!ReadFile(handle.get(), text.data() + filled, static_cast<DWORD>(text.size() - filled),
                  &bytes, nullptr)) {
      const DWORD code = GetLastError();
      refuse(file, win::error_code(code).message());
    }
    if (bytes == 0) break;
    filled += bytes;
  }
  if (filled > config::file_bytes_max)
    refuse(file, "it is longer than " + std::to_string(config::file_bytes_max) + " bytes");
  text.resize(filled);
  return text;
}

std::string in_one_sentence(const config::ConfigError& error) {
  std::string text = "the configuration is not valid: ";
  const char* separator = "";
  for (const std::string& problem : error.problems()) {
    text += separator + problem;
    separator = "; ";
  }
  return text + ".";
}

}  // namespace

config::Config load_config(const std::string& file) {
  try {
    config::Config config = config::parse(read(file), file);
    if (!config.log.file.empty()) {
      const std::filesystem::path folder = std::filesystem::path(win::to_wide(file)).parent_path();
      config.log.file = win::to_utf8((folder / win::to_wide(config.log.file)).native());
    }
    return config;
  } catch (const config::ConfigError& error) {
    throw StartError(ExitCode::config, in_one_sentence(error));
  }
}

}  // namespace overlap
