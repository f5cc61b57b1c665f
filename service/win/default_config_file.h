// Where the configuration is if nobody says otherwise.
#pragma once

#include <string>

namespace overlap::win {

// %ProgramData%\Overlap\overlap.toml, in UTF-8. Not from the environment, which a caller could have
// changed. Throws std::system_error. Microsoft: "SHGetKnownFolderPath function".
std::string default_config_file();

}  // namespace overlap::win
