// Who a request says it comes from: the Authorization field (RFC 9110, 11.6.2).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "common/protocol/refusal.h"
#include "common/protocol/request_head.h"

namespace overlap::protocol {

inline constexpr std::size_t user_name_bytes_max = 128;
inline constexpr std::size_t password_bytes_max = 512;  // bounds the work of its verification
inline constexpr std::size_t bearer_token_bytes_max = 512;

// RFC 7617. Valid UTF-8 without control characters; the name is not empty and holds no colon.
struct BasicCredentials {
  std::string user;
  std::string password;  // may be empty
};

// RFC 6750, 2.1: a token68.
struct BearerToken {
  std::string_view token;  // into the head
};

struct NoCredentials {};

// A refusal has status 400 if the field is there twice, else 401: what it holds cannot be anybody's
// credentials, or comes in a scheme that is not offered. Throws std::bad_alloc.
using Credentials = std::variant<NoCredentials, BasicCredentials, BearerToken, Refusal>;
Credentials read_credentials(const RequestHead& head);

}  // namespace overlap::protocol
