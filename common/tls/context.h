// What all TLS connections of a listener share: certificate, key and rules.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

struct ssl_ctx_st;  // of OpenSSL, whose headers are the .cpp's alone

namespace overlap {

// PEM text (RFC 7468); what stands between its blocks is ignored.
struct TlsCredentials {
  std::string certificate_chain;  // the server's first, then those that lead to the root
  std::string private_key;        // of the first certificate; not encrypted
  // Certificates that sign those of clients. Empty: no client is asked for one. Otherwise a client
  // may show one or none; one that these did not sign ends the handshake.
  std::string client_authorities;
};

// What is wrong with the credentials, as one clause without a full stop: "the key does not belong
// to the certificate".
class TlsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// TLS 1.2 and 1.3 (RFC 5246, RFC 8446) at OpenSSL's security level 2, without renegotiation,
// compression and early data; ALPN "http/1.1" and "http/1.0" (RFC 7301). Sessions resume by tickets
// whose key is made anew for each object. Immutable: any thread may use one. A connection keeps the
// one that it began with.
class TlsContext {
 public:
  // Throws TlsError, std::bad_alloc.
  static std::shared_ptr<const TlsContext> create(const TlsCredentials& credentials);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Of the server's certificate. It is used whatever these say: clients decide.
  std::int64_t valid_from_unix_seconds() const noexcept { return valid_from_; }
  std::int64_t expires_unix_seconds() const noexcept { return expires_; }
  // The certificate's common name or, without one, its first name; for people. May be empty.
  const std::string& name() const noexcept { return name_; }

  ssl_ctx_st* native() const noexcept { return context_; }  // for the layer

 private:
  explicit TlsContext(const TlsCredentials& credentials);

  ssl_ctx_st* context_ = nullptr;
  std::int64_t valid_from_ = 0;
  std::int64_t expires_ = 0;
  std::string name_;
};

}  // namespace overlap
