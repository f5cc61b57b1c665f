#include "common/tls/context.h"

#include <array>
#include <string_view>
#include <vector>

#include "common/digest/crypto_library.h"
#include "common/digest/secrets.h"
#include "common/tls/certificate_name.h"
#include "common/tls/openssl_types.h"

namespace overlap {
namespace {

using tls::CertificatePointer;
using tls::KeyPointer;
using tls::reader_of;
using tls::take_error_text;

constexpr std::size_t pem_bytes_max = 1024 * 1024;

// A service has nobody to ask for a passphrase.
int no_passphrase(char*, int, int, void*) noexcept { return -1; }

// The certificates of the text in their order. `what` is how a person calls the text.
std::vector<CertificatePointer> read_certificates(const std::string& text, const char* what) {
  if (text.size() > pem_bytes_max) throw TlsError(std::string(what) + " is too long");
  const tls::BioPointer reader = reader_of(text);
  std::vector<CertificatePointer> certificates;
  for (;;) {
    CertificatePointer certificate(
        PEM_read_bio_X509(reader.get(), nullptr, &no_passphrase, nullptr));
    if (!certificate) break;
    certificates.push_back(std::move(certificate));
  }
  const bool at_end = tls::last_error_reason() == PEM_R_NO_START_LINE;
  const std::string reason = take_error_text();
  if (!at_end)
    throw TlsError(std::string(what) + " holds a certificate that cannot be read: " + reason);
  if (certificates.empty()) throw TlsError(std::string(what) + " holds no certificate in PEM form");
  return certificates;
}

KeyPointer read_key(const std::string& text) {
  if (text.size() > pem_bytes_max) throw TlsError("the key file is too long");
  if (text.find("PRIVATE KEY-----") == std::string::npos)
    throw TlsError("the key file holds no private key in PEM form");
  if (text.find("ENCRYPTED") != std::string::npos)
    throw TlsError("the key is encrypted with a passphrase, which nobody can be asked for");
  KeyPointer key(PEM_read_bio_PrivateKey(reader_of(text).get(), nullptr, &no_passphrase, nullptr));
  if (!key) throw TlsError("the key cannot be read: " + take_error_text());
  return key;
}

// Security level 2 refuses what is too weak; everything else is told in OpenSSL's words.
[[noreturn]] void refuse_certificate() {
  switch (tls::last_error_reason()) {
    case SSL_R_EE_KEY_TOO_SMALL:
    case SSL_R_CA_KEY_TOO_SMALL:
      ERR_clear_error();
      throw TlsError("a key in the certificate chain is too short: RSA needs 2048 bits");
    case SSL_R_CA_MD_TOO_WEAK:
      ERR_clear_error();
      throw TlsError("a certificate in the chain is signed with a digest that is too weak");
    default: throw TlsError("the certificate cannot be used: " + take_error_text());
  }
}

void use_certificate(SSL_CTX* context, const std::vector<CertificatePointer>& chain,
                     const KeyPointer& key) {
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    ERR_clear_error();
    throw TlsError("the key does not belong to the certificate");
  }
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) refuse_certificate();
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) refuse_certificate();
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    throw TlsError("the key cannot be used: " + take_error_text());
}

// Shown certificates are verified, and signed for the use by a client; none need be shown.
void ask_for_client_certificate(SSL_CTX* context, const std::string& authorities) {
  X509_STORE* const trusted = SSL_CTX_get_cert_store(context);
  for (const auto& authority : read_certificates(authorities, "the file of client authorities")) {
    // Their names are sent to clients, which choose a certificate by them.
    if (X509_STORE_add_cert(trusted, authority.get()) != 1 ||
        SSL_CTX_add_client_CA(context, authority.get()) != 1)
      throw TlsError("a client authority cannot be used: " + take_error_text());
  }
  // With an intermediate authority alone, the chain ends there.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

bool is_ours(std::string_view protocol) noexcept {
  return protocol == "http/1.1" || protocol == "http/1.0";
}

// RFC 7301, 3.2: the first of the client's that is spoken here; without one the handshake ends.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                    const unsigned char* offered, unsigned offered_bytes, void*) noexcept {
  while (offered_bytes > 0 && offered_bytes > *offered) {
    if (is_ours({reinterpret_cast<const char*>(offered + 1), *offered})) {
      *chosen = offered + 1;
      *chosen_bytes = *offered;
      return SSL_TLSEXT_ERR_OK;
    }
    offered_bytes -= *offered + 1u;
    offered += *offered + 1;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_security_level(context, 2);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // An idle connection holds no record buffers.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  // Tickets hold a session; nothing is remembered here.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // Sessions of one context are not taken up by another one, which may trust other clients.
  std::array<std::byte, 16> id{};
  random_bytes(id);
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(id.data()),
                                 static_cast<unsigned>(id.size()));
  SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
}

std::int64_t unix_seconds_of(const ASN1_TIME* time) {
  std::unique_ptr<ASN1_TIME, tls::Free<&ASN1_TIME_free>> origin(
      tls::created(ASN1_TIME_adj(nullptr, 0, 0, 0)));
  int days = 0;
  int seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, origin.get(), time) != 1)
    throw TlsError("the certificate's time of validity cannot be read");
  return std::int64_t{days} * 86'400 + seconds;
}

}  // namespace

std::shared_ptr<const TlsContext> TlsContext::create(const TlsCredentials& credentials) {
  return std::shared_ptr<const TlsContext>(new TlsContext(credentials));
}

TlsContext::TlsContext(const TlsCredentials& credentials) {
  prepare_crypto_library();
  ERR_clear_error();
  const auto chain = read_certificates(credentials.certificate_chain, "the certificate file");
  const KeyPointer key = read_key(credentials.private_key);
  tls::ContextPointer context(tls::created(SSL_CTX_new(TLS_server_method())));
  set_rules(context.get());
  use_certificate(context.get(), chain, key);
  if (!credentials.client_authorities.empty())
    ask_for_client_certificate(context.get(), credentials.client_authorities);
  valid_from_ = unix_seconds_of(X509_get0_notBefore(chain.front().get()));
  expires_ = unix_seconds_of(X509_get0_notAfter(chain.front().get()));
  name_ = tls::name_of(*chain.front());
  context_ = context.release();
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

}  // namespace overlap
