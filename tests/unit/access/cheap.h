// Passwords that cost next to nothing, for tests that are not about the cost.
#pragma once

#include <string>

#include "common/access/users.h"

namespace overlap::access {

inline constexpr ScryptCost cheap{.log2_n = scrypt_log2_n_min, .r = 1, .p = 1};

inline UserRecord user_with_password(const std::string& name, const std::string& password) {
  UserRecord user;
  user.name = name;
  user.password = PasswordHash::make(password, cheap);
  user.home = name;
  return user;
}

}  // namespace overlap::access
