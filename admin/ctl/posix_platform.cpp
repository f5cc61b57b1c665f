// For tests of the portable part: the service itself is a Windows one.
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "admin/ctl/platform.h"
#include "common/config/parse.h"

namespace overlap::ctl {

void prepare_process() { std::signal(SIGPIPE, SIG_IGN); }

std::vector<std::string> words_of(int argc, char** argv) { return {argv + 1, argv + argc}; }

Surroundings make_surroundings() {
  Surroundings around;
  around.environment = [](const char* name) -> std::optional<std::string> {
    const char* const value = std::getenv(name);
    if (!value) return std::nullopt;
    return value;
  };
  around.read_file = [](const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    if (!file) throw std::runtime_error(std::generic_category().message(errno));
    std::string text(config::file_bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > config::file_bytes_max) throw std::runtime_error("it is too long");
    return text;
  };
  around.exists = [](const std::string& name) {
    std::error_code error;
    return std::filesystem::exists(name, error);
  };
  around.first_line_of_input = [] {
    std::string line;
    char byte = 0;
    while (line.size() < 4096 && read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n') line += byte;
    return line;
  };
  around.default_config_file = "/etc/overlap/overlap.toml";
  return around;
}

std::unique_ptr<LocalCommands> make_local_commands(Terminal&) { return nullptr; }
std::unique_ptr<doctor::Machine> make_machine() { return nullptr; }

}  // namespace overlap::ctl
