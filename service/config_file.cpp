#include "service/config_file.h"

#include <windows.h>

#include <filesystem>
#include <system_error>

#include "common/config/parse.h"
#include "service/log/wide.h"
#include "service/scm/start_error.h"
#include "service/win/read_file.h"

namespace overlap {
namespace {

using scm::ExitCode;
using scm::StartError;

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
  throw StartError(ExitCode::config,
                   "the configuration file " + file + " cannot be read: " + why + ".");
}

std::string read(const std::string& file) {
  try {
    std::string text = win::read_file(win::to_wide(file), config::file_bytes_max + 1, file);
    if (text.size() > config::file_bytes_max)
      refuse(file, "it is longer than " + std::to_string(config::file_bytes_max) + " bytes");
    return text;
  } catch (const std::system_error& error) {
    refuse(file, error.code().message());
  }
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

config::Config read_config(const std::string& file) {
  config::Config config = config::parse(read(file), file);
  const std::filesystem::path folder = std::filesystem::path(win::to_wide(file)).parent_path();
  for (std::string* named :
       {&config.log.file, &config.access.users_file, &config.tls.certificate_file,
        &config.tls.key_file, &config.tls.client_ca_file, &config.admin.token_file,
        &config.journal.file, &config.journal.w3c_file}) {
    if (!named->empty()) *named = win::to_utf8((folder / win::to_wide(*named)).native());
  }
  return config;
}

config::Config load_config(const std::string& file) {
  try {
    return read_config(file);
  } catch (const config::ConfigError& error) {
    throw StartError(ExitCode::config, in_one_sentence(error));
  }
}

}  // namespace overlap
