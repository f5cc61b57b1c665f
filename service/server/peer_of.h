// What an accepted connection tells of its peer.
#pragma once

#include <string>

#include "common/access/peer.h"
#include "common/config/address.h"

namespace overlap::server {

// `endpoint` as io::Accepted has it: "192.0.2.7:50123", "[2001:db8::1]:50123", "unknown".
inline PeerInfo peer_info(std::string endpoint) {
  PeerInfo peer;
  const std::string host = endpoint.substr(0, endpoint.rfind(':'));
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  peer.address = bracketed ? host.substr(1, host.size() - 2) : host;
  const auto address = config::parse_address(peer.address);
  peer.loopback = address && address->is_loopback();
  peer.endpoint = std::move(endpoint);
  return peer;
}

}  // namespace overlap::server
