// Reads and checks the configuration file. Pure: text in, Config out; no file is opened here.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"

namespace overlap::config {

inline constexpr std::size_t file_bytes_max = 1024 * 1024;

// what() has one line for each thing that is wrong, in the order of the file:
//   C:\ProgramData\Overlap\overlap.toml:12: listener.port: must be 1 to 65535, not 70000
// The line number is left out where a whole table is missing, the key where the file is not TOML.
class ConfigError : public std::runtime_error {
 public:
  explicit ConfigError(std::vector<std::string> problems);
  const std::vector<std::string>& problems() const noexcept { return problems_; }  // never empty

 private:
  std::vector<std::string> problems_;
};

// `file_name` appears in errors only. Throws ConfigError. The Config is complete: defaults are
// filled in and every rule between its parts holds (names and addresses of listeners are unique, no
// anonymous writing from the network, an admin endpoint that can be reached from there speaks TLS
// and asks everybody for its token, who speaks TLS has a certificate and key).
Config parse(std::string_view toml_text, std::string_view file_name);

// The whole configuration as TOML, with every key: parse(describe(c)) gives c, for a c from
// parse().
std::string describe(const Config& config);

// Every key that a file may contain, as "section.name".
std::vector<std::string> known_keys();

}  // namespace overlap::config
