// Who is at the other end of a connection.
#pragma once

#include <string>

namespace overlap {

struct PeerInfo {
  std::string endpoint;          // address and port, for the log
  std::string address;           // numeric, without the port: "192.0.2.1", "2001:db8::1"
  bool loopback = false;         // the peer is on this machine
  bool secure = false;           // what is said is encrypted (TLS)
  std::string certificate_name;  // the subject's common name of a verified client certificate
};

}  // namespace overlap
