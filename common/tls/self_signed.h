// A certificate that a server makes for itself: for tests, and for networks where its fingerprint
// is compared or the certificate handed to each client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/tls/context.h"

namespace overlap {

inline constexpr std::size_t certificate_hosts_max = 100;
inline constexpr int certificate_days_max = 3650;
// Apple's and Chrome's bound for certificates of servers is 398 days.
inline constexpr int certificate_days_default = 397;

struct SelfSignedRequest {
  // What clients will call the server: DNS names in ASCII, perhaps with "*" as the first label, and
  // literal IPv4 and IPv6 addresses. 1 .. certificate_hosts_max; the first is the subject.
  std::vector<std::string> hosts;
  std::int64_t now_unix_seconds = 0;
  int days = certificate_days_default;  // 1 .. certificate_days_max
};

struct SelfSigned {
  std::string certificate;  // PEM
  std::string private_key;  // PEM (PKCS #8), not encrypted
  std::string fingerprint;  // SHA-256 of the certificate: "AB:CD:..."
};

// An ECDSA certificate on P-256 for a server (RFC 5280), valid from an hour ago, since clocks
// differ. Throws TlsError that names what is wrong with the request; std::bad_alloc.
SelfSigned make_self_signed(const SelfSignedRequest& request);

}  // namespace overlap
