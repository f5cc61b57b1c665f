// The users of one moment, ready to be asked.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/access/password.h"
#include "common/access/token.h"
#include "common/access/user.h"
#include "common/access/users.h"

namespace overlap::access {

// Immutable: any thread may ask.
class Directory {
 public:
  // Nobody.
  Directory() : Directory(std::vector<UserRecord>{}) {}
  // As parse_users() gives them.
  explicit Directory(const std::vector<UserRecord>& users);

  std::size_t size() const noexcept { return users_.size(); }

  // Null if there is no such user.
  Identity named(std::string_view name) const;
  Identity with_token(std::string_view token) const;
  // Hashes the password exactly once, also for an unknown user and one without a password: the time
  // that it takes does not tell who exists. (It does where an edited file mixes costs: the hash for
  // those who do not exist has the highest cost of the file.) Throws std::bad_alloc.
  Identity with_password(std::string_view name, std::string_view password) const;

 private:
  struct Entry {
    Identity identity;
    std::optional<PasswordHash> password;
  };
  struct StartOfHash {
    std::size_t operator()(const TokenHash& hash) const noexcept;
  };
  std::map<std::string, Entry, std::less<>> users_;
  std::unordered_map<TokenHash, Identity, StartOfHash> tokens_;
  PasswordHash nobody_;
};

// Those who give no name.
Identity make_anonymous(bool may_read, bool may_write);

}  // namespace overlap::access
