// Where the service is managed, and what proves that one may.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "admin/ctl/arguments.h"
#include "common/config/config.h"

namespace overlap::ctl {

struct Endpoint {
  std::string url;  // "http://127.0.0.1:8100", without a path
  bool on_this_machine = true;
  std::string token;  // empty: none
  std::string
      token_origin;  // "the file X", "OVERLAP_TOKEN"; without a token a sentence that says why
  // Of https: who is trusted. With `pinned` it is exactly the first certificate of the text, by
  // whatever name it is reached; otherwise those that its certificates have signed, by their names.
  std::string trusted_certificates;  // PEM; empty: those that the system trusts
  bool pinned = false;
};

// What the program finds around it.
struct Surroundings {
  std::function<std::optional<std::string>(const char* name)> environment;
  // At most 1 MiB of it. Throws std::runtime_error that says why not, without the name.
  std::function<std::string(const std::string& file)> read_file;
  std::function<bool(const std::string& file)> exists;
  std::function<std::string()> first_line_of_input;
  std::string default_config_file;
};

// The configuration of the service with the files that it names made absolute. Throws
// Failure{not_valid} with everything that is wrong.
config::Config read_config(const std::string& file, const Surroundings& surroundings);
// The file that --config names, or the default.
std::string config_file_of(const Arguments& arguments, const Surroundings& surroundings);

// The token goes to no place for which it was not meant: one that the configuration of this machine
// names goes to this machine only, and none goes unencrypted to another. Throws Failure.
Endpoint find_endpoint(const Arguments& arguments, const Surroundings& surroundings);

}  // namespace overlap::ctl
