#include "common/tls/self_signed.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "common/digest/crypto_library.h"
#include "common/digest/hasher.h"
#include "common/digest/secrets.h"
#include "common/tls/openssl_types.h"

namespace overlap {
namespace {

using tls::CertificatePointer;
using tls::created;
using tls::KeyPointer;

constexpr std::size_t host_bytes_max = 253;        // RFC 1035, 2.3.4, as text
constexpr std::size_t label_bytes_max = 63;        //
constexpr std::size_t common_name_bytes_max = 64;  // RFC 5280, appendix A: ub-common-name
constexpr std::int64_t clock_difference_seconds = 3600;

// For what cannot fail but for want of memory, or for a mistake of ours.
void require(int done, const char* what) {
  if (done > 0) return;
  throw TlsError(std::string(what) + ": " + tls::take_error_text());
}

bool is_label(std::string_view label) noexcept {
  const auto letter_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !label.empty() && label.size() <= label_bytes_max && letter_digit(label.front()) &&
         letter_digit(label.back()) && std::all_of(label.begin(), label.end(), [&](char c) {
           return letter_digit(c) || c == '-';
         });
}

bool is_dns_name(std::string_view name) noexcept {
  if (name.size() > host_bytes_max) return false;
  if (name.starts_with("*.")) {
    name.remove_prefix(2);
    if (name.find('.') == std::string_view::npos) return false;  // a whole top-level domain
  }
  for (;;) {
    const std::size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool is_address(const std::string& text) {
  if (text.find('\0') != std::string::npos) return false;
  ASN1_OCTET_STRING* const address = a2i_IPADDRESS(text.c_str());
  ERR_clear_error();
  ASN1_OCTET_STRING_free(address);
  return address != nullptr;
}

// As OpenSSL's x509v3_config(5) writes alternative names. A host holds no comma, so none can
// smuggle in another name.
std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string text;
  for (const std::string& host : hosts) {
    const bool address = is_address(host);
    if (!address && !is_dns_name(host))
      throw TlsError("\"" + host + "\" is neither a host name in ASCII nor an address");
    if (!text.empty()) text += ',';
    text += (address ? "IP:" : "DNS:") + host;
  }
  return text;
}

void extend(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  const std::unique_ptr<X509_EXTENSION, tls::Free<&X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  require(extension ? X509_add_ext(certificate, extension.get(), -1) : 0,
          "an extension of the certificate cannot be made");
}

// RFC 5280, 4.1.2.2: positive, at most 20 bytes, and not to be guessed.
void set_serial_number(X509* certificate) {
  std::array<std::byte, 16> serial{};
  random_bytes(serial);
  serial[0] = (serial[0] & std::byte{0x7f}) | std::byte{0x40};
  const std::unique_ptr<BIGNUM, tls::Free<&BN_free>> number(created(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()), serial.size(), nullptr)));
  created(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)));
}

void set_subject(X509* certificate, const std::string& host) {
  const std::string name = host.size() <= common_name_bytes_max ? host : "Overlap";
  X509_NAME* const subject = X509_get_subject_name(certificate);
  require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(name.data()),
                                     static_cast<int>(name.size()), -1, 0),
          "the subject of the certificate cannot be set");
  require(X509_set_issuer_name(certificate, subject), "the issuer cannot be set");
}

void set_validity(X509* certificate, const SelfSignedRequest& request) {
  const auto from = static_cast<std::time_t>(request.now_unix_seconds - clock_difference_seconds);
  const auto now = static_cast<std::time_t>(request.now_unix_seconds);
  created(ASN1_TIME_adj(X509_getm_notBefore(certificate), from, 0, 0));
  created(ASN1_TIME_adj(X509_getm_notAfter(certificate), now, request.days, 0));
}

template <class Write>
std::string text_of(const Write& write) {
  const tls::BioPointer memory(created(BIO_new(BIO_s_secmem())));
  require(write(memory.get()), "PEM cannot be written");
  const char* data = nullptr;
  const long bytes = BIO_get_mem_data(memory.get(), &data);
  return std::string(data, static_cast<std::size_t>(bytes));
}

std::string fingerprint_of(X509* certificate) {
  unsigned char* encoded = nullptr;
  const int bytes = i2d_X509(certificate, &encoded);
  require(bytes, "the certificate cannot be encoded");
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(
      encoded, [](unsigned char* p) { OPENSSL_free(p); });
  const protocol::Digest digest =
      digest_of(protocol::DigestAlgorithm::sha_256,
                std::as_bytes(std::span(encoded, static_cast<std::size_t>(bytes))));
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto value = std::to_integer<unsigned>(digest.bytes[i]);
    if (i > 0) text += ':';
    text += {digits[value / 16], digits[value % 16]};
  }
  return text;
}

}  // namespace

SelfSigned make_self_signed(const SelfSignedRequest& request) {
  prepare_crypto_library();
  ERR_clear_error();
  if (request.hosts.empty()) throw TlsError("a certificate needs at least one host name");
  if (request.hosts.size() > certificate_hosts_max)
    throw TlsError("a certificate holds at most " + std::to_string(certificate_hosts_max) +
                   " host names");
  if (request.days < 1 || request.days > certificate_days_max)
    throw TlsError("a certificate is valid for 1 to " + std::to_string(certificate_days_max) +
                   " days");
  const std::string names = alternative_names(request.hosts);

  const KeyPointer key(EVP_EC_gen("P-256"));
  require(key ? 1 : 0, "a key cannot be made");
  const CertificatePointer certificate(created(X509_new()));
  X509* const made = certificate.get();
  require(X509_set_version(made, X509_VERSION_3), "the version cannot be set");
  set_serial_number(made);
  set_subject(made, request.hosts.front());
  set_validity(made, request);
  require(X509_set_pubkey(made, key.get()), "the key cannot be set");
  extend(made, NID_basic_constraints, "critical,CA:FALSE");
  extend(made, NID_key_usage, "critical,digitalSignature");
  extend(made, NID_ext_key_usage, "serverAuth");
  extend(made, NID_subject_key_identifier, "hash");
  extend(made, NID_subject_alt_name, names);
  require(X509_sign(made, key.get(), EVP_sha256()), "the certificate cannot be signed");

  SelfSigned result;
  result.certificate = text_of([&](BIO* into) { return PEM_write_bio_X509(into, made); });
  result.private_key = text_of([&](BIO* into) {
    return PEM_write_bio_PrivateKey(into, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  result.fingerprint = fingerprint_of(made);
  return result;
}

}  // namespace overlap
