// The client of http_client.h behind TLS.
#pragma once

// http_client.h brings winsock2.h, which must come before the headers of OpenSSL.
#include "tests/server/http_client.h"

#include "common/tls/openssl_types.h"

namespace overlap::test {

struct TlsChoice {
  std::string trusted{};      // certificates, PEM
  std::string certificate{};  // of the client, PEM; empty: none
  std::string key{};
  int version_max = TLS1_3_VERSION;
};

class TlsClient final : public HttpClient {
 public:
  TlsClient(std::uint16_t port, const TlsChoice& choice) : HttpClient(port) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_max_proto_version(context_.get(), choice.version_max);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), read(choice.trusted).get());
    if (!choice.certificate.empty()) {
      SSL_CTX_use_certificate(context_.get(), read(choice.certificate).get());
      const tls::BioPointer reader = tls::reader_of(choice.key);
      const tls::KeyPointer key(PEM_read_bio_PrivateKey(reader.get(), nullptr, nullptr, nullptr));
      SSL_CTX_use_PrivateKey(context_.get(), key.get());
    }
    connection_.reset(SSL_new(context_.get()));
    SSL_set_fd(connection_.get(), static_cast<int>(native()));
    SSL_set1_host(connection_.get(), "localhost");
    secured_ = connected() && SSL_connect(connection_.get()) == 1;
  }

  bool secured() const noexcept { return secured_; }
  // Of the server's certificate, as it was shown to this client.
  std::string serial() const {
    const tls::CertificatePointer shown(SSL_get1_peer_certificate(connection_.get()));
    if (!shown) return {};
    const ASN1_INTEGER* number = X509_get0_serialNumber(shown.get());
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(number)),
            static_cast<std::size_t>(ASN1_STRING_length(number))};
  }

 protected:
  int write_some(std::string_view bytes) override {
    const auto count = std::min<std::size_t>(bytes.size(), 1 << 20);
    return SSL_write(connection_.get(), bytes.data(), static_cast<int>(count));
  }
  int read_some(std::span<char> into) override {
    return SSL_read(connection_.get(), into.data(), static_cast<int>(into.size()));
  }

 private:
  static tls::CertificatePointer read(const std::string& pem) {
    const tls::BioPointer reader = tls::reader_of(pem);
    return tls::CertificatePointer(PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
  }

  tls::ContextPointer context_;
  tls::ConnectionPointer connection_;
  bool secured_ = false;
};

}  // namespace overlap::test
