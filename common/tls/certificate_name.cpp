#include "common/tls/certificate_name.h"

#include <algorithm>
#include <optional>

#include "common/path/utf.h"
#include "common/tls/openssl_types.h"

namespace overlap::tls {
namespace {

// Nothing if it is not text, or text that misleads.
std::string text_of(const ASN1_STRING* value) {
  unsigned char* utf8 = nullptr;
  const int bytes = ASN1_STRING_to_UTF8(&utf8, value);
  if (bytes < 0) {
    ERR_clear_error();
    return {};
  }
  std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(bytes));
  OPENSSL_free(utf8);
  const auto misleads = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), misleads) || !is_valid_utf8(text)) return {};
  return text;
}

// Empty text: there is a common name, but none that can be used.
std::optional<std::string> common_name(const X509& certificate) {
  const X509_NAME* subject = X509_get_subject_name(&certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return std::nullopt;
  if (X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0) return std::string();
  return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

std::string first_of_kind(const GENERAL_NAMES* names, int wanted) {
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    int kind = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &kind);
    if (kind == wanted) return text_of(static_cast<const ASN1_STRING*>(value));
  }
  return {};
}

}  // namespace

std::string name_of(const X509& certificate) {
  if (auto name = common_name(certificate)) return *std::move(name);
  const std::unique_ptr<GENERAL_NAMES, Free<&GENERAL_NAMES_free>> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return {};
  std::string email = first_of_kind(names.get(), GEN_EMAIL);
  return email.empty() ? first_of_kind(names.get(), GEN_DNS) : email;
}

}  // namespace overlap::tls
