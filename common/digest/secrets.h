// What secrets are made of, and how they are compared.
#pragma once

#include <cstddef>
#include <span>

namespace overlap {

// Fills `into` with bytes that nobody can predict, from OpenSSL's generator, which the system's
// seeds. Any thread. Throws std::runtime_error if the system has no randomness to give: whoever
// wanted a secret must not go on without.
void random_bytes(std::span<std::byte> into);

// Whether the two are equal, in a time that depends on their lengths alone, so that an answer
// does not tell how much of a guess was right. The lengths themselves are no secret.
bool equal_in_constant_time(std::span<const std::byte> one,
                            std::span<const std::byte> other) noexcept;

// Overwrites a secret that is no longer needed, in a way that a compiler does not remove.
void wipe(std::span<std::byte> secret) noexcept;

}  // namespace overlap
