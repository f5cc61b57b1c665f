// The configuration file on disk.
#pragma once

#include <string>

#include "common/config/config.h"

namespace overlap {

// Reads and validates the file (an absolute path). A relative log file is taken from the folder of
// the configuration file. Throws scm::StartError{config} with a sentence that names the file and
// everything that is wrong in it.
config::Config load_config(const std::string& file);

}  // namespace overlap
