#include "tests/unit/tls/client.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "common/digest/crypto_library.h"

namespace overlap::test {

Client::Client(const ClientOptions& options) {
  prepare_crypto_library();
  context_ = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context_, options.version_min);
  SSL_CTX_set_max_proto_version(context_, options.version_max);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_app_data(context_, this);
  SSL_CTX_sess_set_new_cb(context_, [](SSL* ssl, SSL_SESSION* session) {
    auto& self = *static_cast<Client*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    SSL_SESSION_free(std::exchange(self.session_, session));
    return 1;
  });
  if (options.certificate != nullptr) {
    SSL_CTX_use_certificate(context_, options.certificate->certificate.get());
    SSL_CTX_use_PrivateKey(context_, options.certificate->key.get());
  }
  ssl_ = SSL_new(context_);
  std::string wire;
  for (const std::string& protocol : options.protocols) {
    wire += static_cast<char>(protocol.size());
    wire += protocol;
  }
  if (!wire.empty())
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(wire.data()),
                        static_cast<unsigned>(wire.size()));
  if (options.trusted != nullptr) verify(options);
  if (options.session != nullptr) SSL_set_session(ssl_, options.session);
  from_server_ = BIO_new(BIO_s_mem());
  to_server_ = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl_, from_server_, to_server_);
  SSL_set_connect_state(ssl_);
  go_on();
}

void Client::verify(const ClientOptions& options) {
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), options.trusted);
  X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl_);
  X509_VERIFY_PARAM_set_time(rules, static_cast<std::time_t>(test_unix_seconds));
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, options.host.c_str()) != 1)
    SSL_set1_host(ssl_, options.host.c_str());
  ERR_clear_error();
  SSL_set_verify(ssl_, SSL_VERIFY_PEER, nullptr);
}

Client::~Client() {
  SSL_SESSION_free(session_);
  SSL_free(ssl_);
  SSL_CTX_free(context_);
}

void Client::note_error(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return;
    case SSL_ERROR_ZERO_RETURN: notified_ = true; return;
    default: error_ = tls::take_error_text(); return;
  }
}

void Client::go_on() {
  if (failed()) return;
  ERR_clear_error();
  if (!handshake_done()) {
    const int result = SSL_do_handshake(ssl_);
    if (result != 1) return note_error(result);
  }
  std::array<char, 4096> into;
  std::size_t bytes = 0;
  while (!notified_ && !failed()) {
    const int result = SSL_read_ex(ssl_, into.data(), into.size(), &bytes);
    if (result != 1) {
      note_error(result);
      break;
    }
    heard_.append(into.data(), bytes);
  }
  for (const Said& said : std::exchange(said_, {})) {
    for (std::string_view rest = said.plain; !rest.empty() && !failed();) {
      const std::string_view record = rest.substr(0, said.record_bytes_max);
      const int result = SSL_write_ex(ssl_, record.data(), record.size(), &bytes);
      if (result != 1) note_error(result);
      rest.remove_prefix(record.size());
    }
  }
  if (std::exchange(closing_, false) && !failed()) SSL_shutdown(ssl_);
}

void Client::feed(std::span<const std::byte> ciphertext) {
  BIO_write(from_server_, ciphertext.data(), static_cast<int>(ciphertext.size()));
  go_on();
}

std::string Client::take_output() {
  std::string text(BIO_ctrl_pending(to_server_), '\0');
  if (!text.empty()) BIO_read(to_server_, text.data(), static_cast<int>(text.size()));
  return text;
}

void Client::say(std::string_view plain, std::size_t record_bytes_max) {
  said_.push_back({std::string(plain), record_bytes_max});
  go_on();
}

void Client::close_notify() {
  closing_ = true;
  go_on();
}

void Client::request_new_keys() {
  SSL_key_update(ssl_, SSL_KEY_UPDATE_REQUESTED);
  go_on();
}

void Client::renegotiate() {
  SSL_renegotiate(ssl_);
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) note_error(result);
}

std::string Client::protocol() const {
  const unsigned char* name = nullptr;
  unsigned bytes = 0;
  SSL_get0_alpn_selected(ssl_, &name, &bytes);
  return std::string(reinterpret_cast<const char*>(name), bytes);
}

SSL_SESSION* Client::take_session() { return std::exchange(session_, nullptr); }

}  // namespace overlap::test
