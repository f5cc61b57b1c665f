#include "common/protocol/base64.h"

#include <array>
#include <cstdint>

namespace overlap::protocol {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t none = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() noexcept {
  std::array<std::uint8_t, 256> values{};
  values.fill(none);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}
constexpr std::array<std::uint8_t, 256> values = make_values();

// Four characters, of which the last `padding` are '='. Nothing unless they are canonical.
std::optional<std::uint32_t> decode_quad(std::string_view quad, std::size_t padding) noexcept {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint8_t value = 0;
    if (i < 4 - padding) value = values[static_cast<unsigned char>(quad[i])];
    if (value == none) return std::nullopt;
    bits = bits << 6 | value;
  }
  const std::uint32_t unused = (1u << (8 * padding)) - 1;
  return (bits & unused) == 0 ? std::optional(bits) : std::nullopt;
}

std::size_t padding_of(std::string_view text) noexcept {
  return text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
}

}  // namespace

bool is_base64(std::string_view text) noexcept {
  if (text.size() % 4 != 0) return false;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const bool last = at + 4 == text.size();
    if (!decode_quad(text.substr(at, 4), last ? padding_of(text) : 0)) return false;
  }
  return true;
}

std::optional<std::size_t> decode_base64(std::string_view text,
                                         std::span<std::byte> into) noexcept {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = padding_of(text);
  const std::size_t bytes = text.size() / 4 * 3 - padding;
  if (bytes > into.size()) return std::nullopt;
  std::size_t written = 0;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const bool last = at + 4 == text.size();
    const auto bits = decode_quad(text.substr(at, 4), last ? padding : 0);
    if (!bits) return std::nullopt;
    for (int shift = 16; shift >= 0 && written < bytes; shift -= 8)
      into[written++] = static_cast<std::byte>(*bits >> shift & 0xff);
  }
  return bytes;
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string decoded(text.size() / 4 * 3, '\0');
  const auto bytes = decode_base64(text, std::as_writable_bytes(std::span(decoded)));
  if (!bytes) return std::nullopt;
  decoded.resize(*bytes);
  return decoded;
}

void encode_base64(std::span<const std::byte> bytes, char* into) noexcept {
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = bytes.size() - at;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < left ? std::to_integer<std::uint32_t>(bytes[at + i]) : 0);
    for (std::size_t i = 0; i < 4; ++i)
      *into++ = i <= left ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
  }
}

}  // namespace overlap::protocol
