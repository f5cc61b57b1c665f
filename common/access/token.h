// Bearer tokens (RFC 6750): secrets that a program presents in the place of a password.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace overlap::access {

// Lets people and secret scanners see what it is.
inline constexpr std::string_view token_prefix = "overlap_";
inline constexpr std::size_t token_secret_bytes = 32;

// The prefix and 256 random bits in base 64 for URLs, without padding (RFC 4648, section 5). Throws
// std::runtime_error if there is no randomness.
std::string make_token();

// SHA-256 of the token, all that is stored of it. It needs no salt and no slowness: nobody guesses
// 256 bits.
using TokenHash = std::array<std::byte, 32>;
TokenHash hash_token(std::string_view token);

// 64 lowercase hexadecimal digits, as sha256sum prints them.
std::string describe(const TokenHash& hash);
std::optional<TokenHash> parse_token_hash(std::string_view text) noexcept;

}  // namespace overlap::access
