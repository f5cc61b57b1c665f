#include "common/tls/engine.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <utility>

#include "common/tls/certificate_name.h"
#include "common/tls/openssl_types.h"

namespace overlap::tls {

// OpenSSL's view of an engine: a source and sink of bytes (its manual, BIO_meth_new(3)). It reads
// straight from what was fed, so that no second buffer of OpenSSL's grows with the input.
struct Engine::Transport {
  static Engine& engine_of(BIO* bio) noexcept { return *static_cast<Engine*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, std::size_t wanted, std::size_t* bytes) noexcept {
    Engine& engine = engine_of(bio);
    BIO_clear_retry_flags(bio);
    *bytes = std::min(wanted, engine.input_.size());
    if (*bytes == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    std::memcpy(into, engine.input_.data(), *bytes);
    engine.input_ = engine.input_.subspan(*bytes);
    return 1;
  }

  static int write(BIO* bio, const char* from, std::size_t count, std::size_t* bytes) noexcept {
    Engine& engine = engine_of(bio);
    BIO_clear_retry_flags(bio);
    const auto* begin = reinterpret_cast<const std::byte*>(from);
    try {
      engine.output_.insert(engine.output_.end(), begin, begin + count);
    } catch (const std::bad_alloc&) {  // must not pass through C
      engine.memory_ran_out_ = true;
      return -1;
    }
    *bytes = count;
    return 1;
  }

  static long control(BIO*, int command, long, void*) noexcept {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  // Never freed: connections live to the end of the process.
  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = make_method();
    return made;
  }
  static const BIO_METHOD* make_method() {
    BIO_METHOD* made = created(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "overlap"));
    BIO_meth_set_read_ex(made, &read);
    BIO_meth_set_write_ex(made, &write);
    BIO_meth_set_ctrl(made, &control);
    return made;
  }
};

Engine::Engine(std::shared_ptr<const TlsContext> context) : context_(std::move(context)) {
  ConnectionPointer ssl(created(SSL_new(context_->native())));
  BIO* transport = created(BIO_new(Transport::method()));
  BIO_set_data(transport, this);
  BIO_set_init(transport, 1);
  SSL_set_bio(ssl.get(), transport, transport);  // which takes it over, once for both directions
  SSL_set_accept_state(ssl.get());
  ssl_ = ssl.release();
}

Engine::~Engine() { SSL_free(ssl_); }

void Engine::set_time(std::int64_t unix_seconds) noexcept {
  X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl_), static_cast<std::time_t>(unix_seconds));
}

Engine::Status Engine::settle(int result) {
  if (std::exchange(memory_ran_out_, false)) {
    failed_ = true;
    throw std::bad_alloc();
  }
  if (result == 1) return Status::done;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return Status::wants_input;
    case SSL_ERROR_ZERO_RETURN: return Status::closed;
    default: break;
  }
  ERR_clear_error();
  failed_ = true;
  return Status::failed;
}

Engine::Status Engine::handshake() {
  ERR_clear_error();
  return settle(SSL_do_handshake(ssl_));
}

Engine::Status Engine::read(std::span<std::byte> into, std::size_t& bytes) {
  bytes = 0;
  if (failed_) return Status::failed;
  ERR_clear_error();
  return settle(SSL_read_ex(ssl_, into.data(), into.size(), &bytes));
}

Engine::Status Engine::write(std::span<const std::byte> plain) {
  if (plain.empty()) return Status::done;
  if (failed_ || closing_) return Status::failed;
  ERR_clear_error();
  std::size_t written = 0;  // all of it: the transport never refuses
  return settle(SSL_write_ex(ssl_, plain.data(), plain.size(), &written));
}

void Engine::close() {
  if (failed_ || std::exchange(closing_, true)) return;
  ERR_clear_error();
  // 0 says that the peer's close_notify has not come yet: it need not (RFC 8446, 6.1).
  const int result = SSL_shutdown(ssl_);
  if (result < 0) settle(result);
}

void Engine::sent(std::size_t bytes) noexcept {
  output_sent_ += std::min(bytes, output_.size() - output_sent_);
  if (output_sent_ < output_.size()) return;
  output_.clear();
  output_sent_ = 0;
}

void Engine::reserve_output(std::size_t plain_bytes) {
  // A record of at most 16 KiB adds at most 256 bytes and its head of 5 (RFC 8446, 5.2).
  const std::size_t records = plain_bytes / SSL3_RT_MAX_PLAIN_LENGTH + 2;
  output_.reserve(output_.size() + plain_bytes + records * (256 + SSL3_RT_HEADER_LENGTH));
}

void Engine::release_output() noexcept {
  if (output_.empty()) std::vector<std::byte>().swap(output_);
}

bool Engine::holds_input() const noexcept { return !input_.empty() || SSL_has_pending(ssl_) == 1; }

std::string Engine::client_name() const {
  const CertificatePointer certificate(SSL_get1_peer_certificate(ssl_));
  if (!certificate || SSL_get_verify_result(ssl_) != X509_V_OK) return {};
  return name_of(*certificate);
}

}  // namespace overlap::tls
