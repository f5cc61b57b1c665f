// Owners of OpenSSL's objects, and the text of its errors. For the .cpp files of this room and its
// tests.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace overlap::tls {

template <auto free_it>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    free_it(object);
  }
};
using BioPointer = std::unique_ptr<BIO, Free<&BIO_free_all>>;
using CertificatePointer = std::unique_ptr<X509, Free<&X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, Free<&EVP_PKEY_free>>;
using ContextPointer = std::unique_ptr<SSL_CTX, Free<&SSL_CTX_free>>;
using ConnectionPointer = std::unique_ptr<SSL, Free<&SSL_free>>;

// OpenSSL's create functions fail for want of memory alone.
template <class T>
T* created(T* object) {
  if (object == nullptr) throw std::bad_alloc();
  return object;
}

// For reading; the text must outlive it. Throws std::bad_alloc.
inline BioPointer reader_of(std::string_view text) {
  return BioPointer(created(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))));
}

// Takes the errors of this thread off their queue; the reason of the last one, in OpenSSL's words.
inline std::string take_error_text() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  std::string text = reason != nullptr ? reason : "unknown reason";
  ERR_clear_error();
  return text;
}
inline int last_error_reason() noexcept { return ERR_GET_REASON(ERR_peek_last_error()); }

}  // namespace overlap::tls
