// Literal IP addresses, read strictly and without the system's resolver.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace overlap::config {

struct Address {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // network order; an IPv4 address uses the first four

  bool is_loopback() const noexcept;     // 127.0.0.0/8, ::1
  bool is_any() const noexcept;          // 0.0.0.0, ::
  bool is_mapped_ipv4() const noexcept;  // ::ffff:0:0/96

  bool operator==(const Address&) const = default;
};

// IPv4: four decimal numbers without leading zeros, since other readers take those for octal. IPv6:
// the text forms of RFC 4291, 2.2; a zone ("%eth0") is refused. Empty if the text is neither.
std::optional<Address> parse_address(std::string_view text) noexcept;

}  // namespace overlap::config
