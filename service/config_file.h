// The configuration file on disk.
#pragma once

#include <string>

#include "common/config/config.h"

namespace overlap {

// Reads and validates the file (an absolute path). Files that it names by a relative path (log,
// journal, token, users, certificates) are taken from its own folder. Throws
// scm::StartError{config} with a sentence that names the file if it cannot be read, and
// config::ConfigError with everything that is wrong in it.
config::Config read_config(const std::string& file);

// The same; everything is a scm::StartError{config} with one sentence.
config::Config load_config(const std::string& file);

}  // namespace overlap
