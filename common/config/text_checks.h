// Checks of text values. Each returns what is wrong with the value, or nothing; some bring a good
// value into its one form. Internal to this folder.
#pragma once

#include <string>

namespace overlap::config {

using TextCheck = std::string (*)(std::string& value);

std::string check_root(std::string& value);  // an absolute folder; normalises separators
// Files. Each may be empty, or relative; all have one rule and name an example of their own.
std::string check_log_file(std::string& value);
std::string check_users_file(std::string& value);
std::string check_pem_file(std::string& value);
std::string check_token_file(std::string& value);    // not empty
std::string check_journal_file(std::string& value);  // not empty
std::string check_realm(std::string& value);         // what a quoted string of HTTP takes bare
std::string check_address(std::string& value);       // a literal address
std::string check_hosts(std::string& value);         // host names with commas between, or nothing
std::string check_listener_name(std::string& value);

}  // namespace overlap::config
