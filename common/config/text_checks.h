// Checks of text values. Each returns what is wrong with the value, or nothing; some bring a good
// value into its one form. Internal to this folder.
#pragma once

#include <string>

namespace overlap::config {

using TextCheck = std::string (*)(std::string& value);

std::string check_root(std::string& value);           // an absolute folder; normalises separators
std::string check_log_file(std::string& value);       // may be empty, or relative
std::string check_address(std::string& value);        // a literal address
std::string check_admin_address(std::string& value);  // a literal loopback address
std::string check_listener_name(std::string& value);

}  // namespace overlap::config
