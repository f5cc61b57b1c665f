// `overlap-service certificate create`: a self-signed certificate and its key, as files.
#pragma once

#include <string>
#include <vector>

#include "common/tls/self_signed.h"

namespace overlap::tls {

inline constexpr char certificate_file_name[] = "overlap-certificate.pem";
inline constexpr char key_file_name[] = "overlap-key.pem";

struct CertificateRequest {
  std::vector<std::string> hosts;  // what clients will call the server: names and addresses
  std::string folder;              // exists; in UTF-8
  int days = certificate_days_default;
  bool force = false;  // replace files that are there
};

// Writes the two files and says on standard output what they are and how the configuration names
// them; what is wrong goes to standard error. The key may be read by the service, and by
// administrators and who made it (Windows; Wine has no such lists). Each file is written whole or
// not at all. Returns the exit status: 0 done, 1 the request is not valid, 6 a file cannot be
// written, 7 refused, since a file is there already. Throws std::bad_alloc alone.
int create_certificate(const CertificateRequest& request);

}  // namespace overlap::tls
