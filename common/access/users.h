// The file of users. Pure: text in, records out and back; no file is opened here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/access/password.h"
#include "common/access/token.h"
#include "common/access/user.h"

namespace overlap::access {

inline constexpr std::size_t users_file_bytes_max = 8 * 1024 * 1024;
inline constexpr std::size_t users_max = 10'000;
inline constexpr std::size_t tokens_per_user_max = 64;
// Every rule is looked at for every request of the user.
inline constexpr std::size_t rules_per_user_max = 64;
inline constexpr std::size_t user_name_characters_max = 64;  // as X.520 bounds a common name
inline constexpr std::uint64_t bytes_per_second_limit_max = 1ull << 40;

struct TokenRecord {
  std::string label;  // unique among the tokens of the user
  TokenHash hash{};
  std::int64_t created_unix_seconds = 0;

  friend bool operator==(const TokenRecord&, const TokenRecord&) = default;
};

// A user as the file has it. One without password and tokens logs in by a client certificate only.
struct UserRecord {
  std::string name;
  std::optional<PasswordHash> password;
  std::vector<TokenRecord> tokens;
  std::optional<std::string> home;         // a prefix as Rule has it, with all rights
  std::vector<Rule> rules;                 // no two for one prefix, and none for `home`
  std::uint64_t bytes_per_second_max = 0;  // 0: no limit

  // `rules`, and the one that `home` stands for.
  std::vector<Rule> all_rules() const;
};

// What is wrong with a name, as "must be ...", or nothing. Names are compared byte for byte.
std::string check_user_name(std::string_view name);
std::string check_token_label(std::string_view label);

// what() has one line for each thing that is wrong, in the order of the file:
//   C:\ProgramData\Overlap\users.toml:12: user.rule.prefix: must begin with "/", not "photos"
class UsersError : public std::runtime_error {
 public:
  explicit UsersError(std::vector<std::string> problems);
  const std::vector<std::string>& problems() const noexcept { return problems_; }  // never empty

 private:
  std::vector<std::string> problems_;
};

// `file_name` appears in errors only. Throws UsersError. Empty text is a file without users.
std::vector<UserRecord> parse_users(std::string_view toml_text, std::string_view file_name);

// How the first line of describe() begins; a byte order mark may stand before it.
inline constexpr std::string_view users_file_begins = "# The users of Overlap.";
// Throws UsersError if the text does not begin so: it is empty, half written or another file.
void check_first_line(std::string_view toml_text, std::string_view file_name);

// The file as text: parse_users() of it gives the same records. Its first lines say who writes it.
std::string describe(const std::vector<UserRecord>& users);

}  // namespace overlap::access
