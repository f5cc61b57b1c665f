// Base 64 with padding (RFC 4648, section 4). Decoding is strict: exactly the text that encoding
// gives is accepted, so no line breaks, no missing padding and no stray bits in the last character.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace overlap::protocol {

constexpr std::size_t base64_length(std::size_t bytes) noexcept { return (bytes + 2) / 3 * 4; }

bool is_base64(std::string_view text) noexcept;
// How many bytes were written; nothing if the text is malformed or says more than `into` holds.
std::optional<std::size_t> decode_base64(std::string_view text, std::span<std::byte> into) noexcept;
// Throws std::bad_alloc.
std::optional<std::string> decode_base64(std::string_view text);

// Writes base64_length(bytes.size()) characters. `into` has room for them.
void encode_base64(std::span<const std::byte> bytes, char* into) noexcept;

}  // namespace overlap::protocol
