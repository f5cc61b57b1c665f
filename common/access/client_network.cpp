#include "common/access/client_network.h"

#include <algorithm>

#include "common/config/address.h"

namespace overlap::access {

ClientNetwork client_network(std::string_view address) noexcept {
  ClientNetwork network;
  const auto parsed = config::parse_address(address);
  if (!parsed) return network;
  constexpr std::size_t v4_bytes = 4;
  constexpr std::size_t network_bytes = 8;
  constexpr std::size_t mapped_at = 12;
  const bool v4 = !parsed->v6 || parsed->is_mapped_ipv4();
  network.bytes.front() = v4 ? 4 : 6;
  const auto* const from = parsed->bytes.data() + (parsed->v6 && v4 ? mapped_at : 0);
  std::copy_n(from, v4 ? v4_bytes : network_bytes, network.bytes.begin() + 1);
  return network;
}

}  // namespace overlap::access
