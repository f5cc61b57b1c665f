#include "tests/unit/tls/certificates.h"

#include <cstring>
#include <ctime>
#include <stdexcept>

#include "common/digest/crypto_library.h"

namespace overlap::test {
namespace {

void require(bool done) {
  if (!done) throw std::runtime_error("test certificate: " + tls::take_error_text());
}

std::string take_text(BIO* memory) {
  const char* data = nullptr;
  const long bytes = BIO_get_mem_data(memory, &data);
  return std::string(data, static_cast<std::size_t>(bytes));
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr);
  require(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

// The bytes as they are, NUL among them.
void add_common_name(X509* certificate, const std::string& name) {
  if (name.empty()) return;
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", V_ASN1_UTF8STRING,
                                     reinterpret_cast<const unsigned char*>(name.data()),
                                     static_cast<int>(name.size()), -1, 0) == 1);
}

}  // namespace

std::string pem_of(X509* certificate) {
  const tls::BioPointer memory(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(memory.get(), certificate) == 1);
  return take_text(memory.get());
}

std::string pem_of(EVP_PKEY* key, const char* passphrase) {
  const tls::BioPointer memory(BIO_new(BIO_s_mem()));
  const auto* pass = reinterpret_cast<const unsigned char*>(passphrase);
  const int pass_bytes = passphrase != nullptr ? static_cast<int>(std::strlen(passphrase)) : 0;
  const EVP_CIPHER* cipher = passphrase != nullptr ? EVP_aes_256_cbc() : nullptr;
  require(PEM_write_bio_PrivateKey(memory.get(), key, cipher, pass, pass_bytes, nullptr, nullptr) ==
          1);
  return take_text(memory.get());
}

Issued issue(const CertificateSpec& spec, const Issued* issuer) {
  prepare_crypto_library();
  static long serial = 1;
  Issued made;
  made.key.reset(spec.rsa_bits != 0 ? EVP_RSA_gen(spec.rsa_bits) : EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  X509* const certificate = made.certificate.get();
  X509* const signer = issuer != nullptr ? issuer->certificate.get() : certificate;
  EVP_PKEY* const signing_key = issuer != nullptr ? issuer->key.get() : made.key.get();
  require(X509_set_version(certificate, X509_VERSION_3) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  add_common_name(certificate, spec.common_name);
  add_common_name(certificate, spec.second_common_name);
  require(X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1);
  ASN1_TIME_adj(X509_getm_notBefore(certificate), static_cast<std::time_t>(spec.from), 0, 0);
  ASN1_TIME_adj(X509_getm_notAfter(certificate), static_cast<std::time_t>(spec.to), 0, 0);
  require(X509_set_pubkey(certificate, made.key.get()) == 1);
  extend(certificate, signer, NID_basic_constraints,
         spec.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  extend(certificate, signer, NID_key_usage,
         spec.authority ? "critical,keyCertSign" : "critical,digitalSignature");
  if (!spec.authority)
    extend(certificate, signer, NID_ext_key_usage, spec.for_clients ? "clientAuth" : "serverAuth");
  if (!spec.alternative_names.empty())
    extend(certificate, signer, NID_subject_alt_name, spec.alternative_names);
  require(X509_sign(certificate, signing_key, EVP_sha256()) > 0);
  made.certificate_pem = pem_of(certificate);
  made.key_pem = pem_of(made.key.get());
  return made;
}

TlsCredentials server_credentials() {
  static const Issued server = issue({});
  return {server.certificate_pem, server.key_pem, {}};
}

}  // namespace overlap::test
