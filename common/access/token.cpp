#include "common/access/token.h"

#include <algorithm>
#include <span>

#include "common/digest/hasher.h"
#include "common/digest/secrets.h"
#include "common/protocol/base64.h"

namespace overlap::access {

std::string make_token() {
  std::array<std::byte, token_secret_bytes> secret{};
  random_bytes(secret);
  std::string text(protocol::base64_length(secret.size()), '\0');
  protocol::encode_base64(secret, text.data());
  wipe(secret);
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return std::string(token_prefix) + text;
}

TokenHash hash_token(std::string_view token) {
  const protocol::Digest digest = digest_of(protocol::DigestAlgorithm::sha_256,
                                            std::as_bytes(std::span(token.data(), token.size())));
  TokenHash hash{};
  std::copy_n(digest.bytes.begin(), hash.size(), hash.begin());
  return hash;
}

std::string describe(const TokenHash& hash) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : hash) {
    text += digits[std::to_integer<unsigned>(byte) >> 4];
    text += digits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

std::optional<TokenHash> parse_token_hash(std::string_view text) noexcept {
  TokenHash hash{};
  if (text.size() != 2 * hash.size()) return std::nullopt;
  const auto value = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = value(text[2 * i]);
    const int low = value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<std::byte>(high * 16 + low);
  }
  return hash;
}

}  // namespace overlap::access
