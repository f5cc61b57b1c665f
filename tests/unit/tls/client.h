// The other end of a TLS connection: OpenSSL's client over memory.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/tls/openssl_types.h"
#include "tests/unit/tls/certificates.h"

namespace overlap::test {

struct ClientOptions {
  int version_min = 0;  // 0: OpenSSL's
  int version_max = 0;
  std::vector<std::string> protocols{"http/1.1"};  // ALPN; empty: not offered
  const Issued* certificate = nullptr;
  SSL_SESSION* session = nullptr;  // to be resumed
  X509* trusted = nullptr;         // the server's certificate is verified by this one alone
  std::string host{};              // what it must be made for: a DNS name or an address
};

class Client {
 public:
  explicit Client(const ClientOptions& options = {});
  ~Client();

  // Ciphertext from the server. Goes on with whatever can be done then.
  void feed(std::span<const std::byte> ciphertext);
  // Takes what is to be sent to the server.
  std::string take_output();

  // Sent in records of at most this, as soon as the handshake is done.
  void say(std::string_view plain, std::size_t record_bytes_max = 16 * 1024);
  void close_notify();      // after what was said
  void request_new_keys();  // TLS 1.3, at once
  void renegotiate();       // TLS 1.2, at once

  bool handshake_done() const { return SSL_is_init_finished(ssl_) == 1; }
  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }
  const std::string& heard() const { return heard_; }
  bool notified() const { return notified_; }  // close_notify has come
  bool resumed() const { return SSL_session_reused(ssl_) == 1; }
  int version() const { return SSL_version(ssl_); }
  std::string protocol() const;
  int chain_length() const { return sk_X509_num(SSL_get_peer_cert_chain(ssl_)); }
  SSL_SESSION* take_session();  // of the last ticket; null if none has come

 private:
  void verify(const ClientOptions& options);
  void go_on();
  void note_error(int result);

  SSL_CTX* context_;
  SSL* ssl_;
  BIO* from_server_;
  BIO* to_server_;
  struct Said {
    std::string plain;
    std::size_t record_bytes_max;
  };
  std::vector<Said> said_;
  bool closing_ = false;
  std::string heard_;
  std::string error_;
  bool notified_ = false;
  SSL_SESSION* session_ = nullptr;
};

}  // namespace overlap::test
