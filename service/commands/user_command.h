// `overlap-service user ...`: changes the file of users. A running service sees the change itself.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "service/access/users_file.h"

namespace overlap::commands {

struct UserCommand {
  enum class Verb : unsigned char { add, passwd, list, remove, allow, token, revoke };
  Verb verb = Verb::list;
  std::string name{};                        // all but list
  std::optional<std::string> home{};         // add: a folder as rule_text.h reads it
  std::vector<std::string> rules{};          // add, allow: "PREFIX=RIGHTS"
  std::optional<std::uint64_t> bandwidth{};  // add: bytes a second; 0: no limit
  bool without_password = false;             // add: the user has tokens or a certificate
  bool password_stdin = false;               // add, passwd
  std::string label{};                       // token, revoke
};

// The exit status. The numbers are a promise to scripts, and those of scm::ExitCode mean the same.
enum class Exit : int {
  done = 0,
  not_valid = 1,  // the command line, the configuration or the file of users
  failed = 6,     // a file cannot be read or written, or anything else
  refused = 7,    // there is no such user or token, or one is there already; nothing was changed
};

// What a command says and asks.
struct Dialogue {
  std::function<void(std::string_view)> print;  // the result, to standard output
  std::function<void(std::string_view)> note;   // what a person should know, to standard error
  std::function<std::string()> new_password;    // throws NotValid
  std::int64_t unix_seconds = 0;                // now
};

// Thrown with a sentence.
struct NotValid : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Says what is wrong itself. Throws std::bad_alloc alone.
Exit run(const UserCommand& command, const access::UsersFile& file, const Dialogue& dialogue);

// What is wrong with a new password, as a sentence, or nothing. What is accepted is at least as
// long as NIST SP 800-63B asks for, and fits into a request.
std::string check_new_password(std::string_view password);

}  // namespace overlap::commands
