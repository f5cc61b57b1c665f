// The only includer of the HTTP library in overlapctl. What it needs of OpenSSL comes with it.
#include "admin/ctl/http_client.h"

#ifdef _WIN32
#include <winsock2.h>
// winsock2.h comes before everything that may include windows.h.
#endif

// With TLS the classes of the library have other members. An executable that has the endpoint too,
// which uses it without (a test), must not take the ones for the others: they get another name.
#define CPPHTTPLIB_OPENSSL_SUPPORT
#define httplib overlap_ctl_httplib
#include <httplib.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "admin/ctl/event_stream.h"
#include "admin/ctl/failure.h"
#include "common/version.h"

namespace overlap::ctl {
namespace {

constexpr int connect_seconds_max = 5;
// A command of the service is waited for until it is done; the service itself bounds it.
constexpr int read_seconds_max = 60;
// The stream has an event a second.
constexpr int stream_silence_seconds_max = 10;
constexpr std::size_t body_bytes_max = 64u << 20;

struct CertificateFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, CertificateFree>;

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

std::vector<Certificate> certificates_of(const std::string& pem) {
  const std::unique_ptr<BIO, BioFree> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<Certificate> found;
  while (bio) {
    Certificate one(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!one) break;
    found.push_back(std::move(one));
  }
  ERR_clear_error();  // the end of the text is one
  if (found.empty())
    throw Failure(Exit::not_valid, "The certificate file holds no certificate in PEM.");
  return found;
}

// The service's own certificate says who it is by itself, whatever names and dates it bears: this
// machine's administrators have put it there.
int is_pinned(X509_STORE_CTX* context, void* pinned) {
  X509* const shown = X509_STORE_CTX_get0_cert(context);
  const bool same = shown && X509_cmp(shown, static_cast<X509*>(pinned)) == 0;
  X509_STORE_CTX_set_error(context, same ? X509_V_OK : X509_V_ERR_CERT_UNTRUSTED);
  return same ? 1 : 0;
}

std::string without_brackets(std::string host) {
  if (host.starts_with('[')) host = host.substr(1, host.find(']') - 1);
  return host;
}

std::string host_of(const std::string& url) {
  const std::string rest = url.substr(url.find("://") + 3);
  return without_brackets(rest.starts_with('[') ? rest : rest.substr(0, rest.find(':')));
}

// The library would add the certificates that the system trusts; a handshake that OpenSSL itself
// refuses has no such surprise.
void trust(SSL_CTX* context, const std::vector<Certificate>& certificates,
           const Endpoint& endpoint) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (endpoint.pinned) {
    SSL_CTX_set_cert_verify_callback(context, &is_pinned, certificates.front().get());
    return;
  }
  X509_STORE* const store = X509_STORE_new();
  for (const Certificate& one : certificates) X509_STORE_add_cert(store, one.get());
  SSL_CTX_set_cert_store(context, store);  // takes it
  X509_VERIFY_PARAM* const rules = SSL_CTX_get0_param(context);
  const std::string host = host_of(endpoint.url);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1)
    X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
}

std::string cause_of(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection: return "connection refused";
    case httplib::Error::ConnectionTimeout:
      return "no connection within " + std::to_string(connect_seconds_max) + " s";
    case httplib::Error::Read: return "the connection ended, or no answer came in time";
    case httplib::Error::Write: return "the connection ended amid the request";
    case httplib::Error::SSLConnection:
      return "the TLS handshake failed, or the certificate is not the one that is trusted";
    case httplib::Error::SSLLoadingCerts: return "no trusted certificates could be read";
    case httplib::Error::SSLServerVerification: return "its certificate is not trusted (see --ca)";
    case httplib::Error::SSLServerHostnameVerification:
      return "its certificate is for another name";
    default: return httplib::to_string(error);
  }
}

class HttpClient final : public ApiClient {
 public:
  explicit HttpClient(const Endpoint& endpoint)
      : endpoint_(endpoint), http_(endpoint.url), trusted_(trusted_by(endpoint)) {
    http_.set_connection_timeout(connect_seconds_max);
    http_.set_read_timeout(read_seconds_max);
    http_.set_write_timeout(read_seconds_max);
    http_.set_keep_alive(true);
    http_.set_tcp_nodelay(true);
    if (!trusted_.empty()) {
      http_.enable_server_certificate_verification(false);  // by `trust` instead
      trust(http_.ssl_context(), trusted_, endpoint);
    }
    headers_ = {{"Accept", "application/json"},
                {"User-Agent", std::string("overlapctl/") + program_version}};
    if (!endpoint.token.empty()) headers_.emplace("Authorization", "Bearer " + endpoint.token);
  }

  Response get(const std::string& target) override {
    return receive([&](const httplib::ResponseHandler& head, const httplib::ContentReceiver& body) {
      return http_.Get(target, headers_, head, body);
    });
  }

  Response post(const std::string& target, const std::string& body) override {
    return answer(http_.Post(target, headers_, body, "application/json"));
  }

  Response del(const std::string& target) override {
    return answer(http_.Delete(target, headers_, std::string(), "application/json"));
  }

  Response stream(const std::string& target, const OnEvent& on_event) override {
    httplib::Headers headers = headers_;
    headers.erase("Accept");
    headers.emplace("Accept", "text/event-stream");
    http_.set_read_timeout(stream_silence_seconds_max);
    EventStream events(on_event);
    Response response;
    bool wanted = true;
    const httplib::Result result = http_.Get(
        target, headers,
        [&](const httplib::Response& head) {
          response = head_of(head);
          return !closed_;
        },
        [&](const char* data, std::size_t bytes) {
          if (response.status == 200)
            wanted = events.feed({data, bytes});
          else if (response.body.size() + bytes <= body_bytes_max)
            response.body.append(data, bytes);
          return wanted && !closed_;
        });
    http_.set_read_timeout(read_seconds_max);
    if (!result && wanted && !closed_) throw no_answer(result.error());
    return response;
  }

  void close() noexcept override {
    closed_ = true;
    http_.stop();
  }

 private:
  static std::vector<Certificate> trusted_by(const Endpoint& endpoint) {
    if (endpoint.trusted_certificates.empty()) return {};
    return certificates_of(endpoint.trusted_certificates);
  }

  static Response head_of(const httplib::Response& from) {
    return {from.status,
            from.get_header_value("Content-Type"),
            {},
            from.get_header_value("Retry-After")};
  }

  NoAnswer no_answer(httplib::Error error) const {
    std::string sentence =
        "Overlap does not answer at " + endpoint_.url + ": " + cause_of(error) + ".";
    if (endpoint_.on_this_machine && error == httplib::Error::Connection)
      sentence += " Is the service running? Start it with: overlapctl start";
    return NoAnswer(sentence);
  }

  Response answer(const httplib::Result& result) const {
    if (!result) throw no_answer(result.error());
    Response response = head_of(*result);
    response.body = result->body;
    return response;
  }

  // Whatever answers there, it cannot fill the memory.
  template <class Ask>
  Response receive(Ask ask) {
    Response response;
    const httplib::Result result = ask(
        [&](const httplib::Response& head) {
          response = head_of(head);
          return true;
        },
        [&](const char* data, std::size_t bytes) {
          if (response.body.size() + bytes > body_bytes_max) return false;
          response.body.append(data, bytes);
          return true;
        });
    if (!result) throw no_answer(result.error());
    return response;
  }

  const Endpoint endpoint_;
  httplib::Client http_;
  const std::vector<Certificate> trusted_;
  httplib::Headers headers_;
  std::atomic<bool> closed_{false};
};

}  // namespace

std::unique_ptr<ApiClient> connect(const Endpoint& endpoint) {
  return std::make_unique<HttpClient>(endpoint);
}

}  // namespace overlap::ctl
