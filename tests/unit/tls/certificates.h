// Certificates for tests: made on the spot, so that no file of them ages in the tree.
#pragma once

#include <cstdint>
#include <string>

#include "common/tls/context.h"
#include "common/tls/openssl_types.h"

namespace overlap::test {

inline constexpr std::int64_t test_unix_seconds = 1'900'000'000;  // when the tests take place

struct CertificateSpec {
  std::string common_name = "test";  // empty: none
  std::string second_common_name{};  // empty: none
  std::string alternative_names{};   // as in x509v3_config(5); empty: none
  bool authority = false;
  bool for_clients = false;
  std::int64_t from = test_unix_seconds - 86'400;
  std::int64_t to = test_unix_seconds + 86'400;
  unsigned rsa_bits = 0;  // 0: P-256
};

struct Issued {
  tls::CertificatePointer certificate;
  tls::KeyPointer key;
  std::string certificate_pem;
  std::string key_pem;
};

// Signed by `issuer`, or by itself without one.
Issued issue(const CertificateSpec& spec, const Issued* issuer = nullptr);

std::string pem_of(X509* certificate);
std::string pem_of(EVP_PKEY* key, const char* passphrase = nullptr);

// A server's, for "test".
TlsCredentials server_credentials();

}  // namespace overlap::test
