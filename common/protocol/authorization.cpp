#include "common/protocol/authorization.h"

#include <algorithm>

#include "common/protocol/base64.h"
#include "common/protocol/grammar.h"
#include "common/protocol/plain_text.h"

namespace overlap::protocol {
namespace {

constexpr Refusal unusable{401, "The credentials cannot be read."};

constexpr std::size_t basic_bytes_max = base64_length(user_name_bytes_max + 1 + password_bytes_max);

// RFC 9110, 11.2: 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=".
bool is_token68(std::string_view text) noexcept {
  const std::size_t padding = text.find('=');
  const std::string_view body = text.substr(0, padding);
  const auto belongs = [](char c) {
    return is_alpha(c) || is_digit(c) || std::string_view("-._~+/").find(c) < 6;
  };
  return !body.empty() && std::all_of(body.begin(), body.end(), belongs) &&
         text.find_first_not_of('=', body.size()) == std::string_view::npos;
}

Credentials read_basic(std::string_view text) {
  if (text.size() > basic_bytes_max) return unusable;
  auto decoded = decode_base64(text);
  if (!decoded || !is_plain_text(*decoded)) return unusable;
  const std::size_t colon = decoded->find(':');
  if (colon == std::string::npos || colon == 0 || colon > user_name_bytes_max ||
      decoded->size() - colon - 1 > password_bytes_max)
    return unusable;
  return BasicCredentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

Credentials read_bearer(std::string_view text) noexcept {
  if (text.size() > bearer_token_bytes_max || !is_token68(text)) return unusable;
  return BearerToken{text};
}

}  // namespace

Credentials read_credentials(const RequestHead& head) {
  const FieldLines field = head.lines("Authorization");
  if (field.count == 0) return NoCredentials{};
  if (field.count > 1) return Refusal{400, "The request has more than one Authorization."};
  const std::size_t space = field.value.find(' ');
  const std::string_view scheme = field.value.substr(0, space);
  const std::string_view rest =
      space == std::string_view::npos ? std::string_view() : trimmed(field.value.substr(space));
  if (equals_ignoring_case(scheme, "Basic")) return read_basic(rest);
  if (equals_ignoring_case(scheme, "Bearer")) return read_bearer(rest);
  return Refusal{401, "The scheme of the credentials is not offered."};
}

}  // namespace overlap::protocol
