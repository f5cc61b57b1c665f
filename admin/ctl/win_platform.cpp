#include <windows.h>

#include <CLI/CLI.hpp>
#include <stdexcept>
#include <system_error>

#include "admin/ctl/platform.h"
#include "common/config/parse.h"
#include "service/log/wide.h"
#include "service/win/default_config_file.h"
#include "service/win/read_file.h"

namespace overlap::ctl {
namespace {

std::optional<std::string> environment(const char* name) {
  const std::wstring wide = win::to_wide(name);
  const DWORD units = GetEnvironmentVariableW(wide.c_str(), nullptr, 0);
  if (units == 0) return std::nullopt;
  std::wstring value(units, L'\0');
  value.resize(GetEnvironmentVariableW(wide.c_str(), value.data(), units));
  return win::to_utf8(value);
}

std::string read_file(const std::string& name) {
  try {
    std::string text = win::read_file(win::to_wide(name), config::file_bytes_max + 1, name);
    if (text.size() > config::file_bytes_max) throw std::runtime_error("it is too long");
    return text;
  } catch (const std::system_error& error) {
    throw std::runtime_error(error.code().message());
  }
}

std::string first_line_of_input() {
  constexpr std::size_t bytes_max = 4096;
  std::string line;
  char byte = 0;
  DWORD count = 0;
  // The end of a pipe is an error, that of a file is not.
  while (line.size() < bytes_max &&
         ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &count, nullptr) && count == 1 &&
         byte != '\n')
    line += byte;
  return line;
}

}  // namespace

void prepare_process() {
  // Before anything can load a library by name: only from System32, never from the folder of the
  // executable or the working directory.
  SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
  SetConsoleOutputCP(CP_UTF8);
}

std::vector<std::string> words_of(int argc, char** argv) {
  CLI::App app;  // for what the shell gave in UTF-16, which argv has lost
  char** const words = app.ensure_utf8(argv);
  return {words + 1, words + argc};
}

Surroundings make_surroundings() {
  Surroundings around;
  around.environment = &environment;
  around.read_file = &read_file;
  around.exists = [](const std::string& name) {
    return GetFileAttributesW(win::to_wide(name).c_str()) != INVALID_FILE_ATTRIBUTES;
  };
  around.first_line_of_input = &first_line_of_input;
  around.default_config_file = win::default_config_file();
  return around;
}

}  // namespace overlap::ctl
