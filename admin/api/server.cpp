// The only includer of the HTTP library on the server's side.
#include "admin/api/server.h"

#include <winsock2.h>
// winsock2.h comes before everything that may include windows.h.

// Connections that may wait to be accepted; the library's default is 5.
#define CPPHTTPLIB_LISTEN_BACKLOG 64
// How often an idle connection looks whether the server stops. A request is seen at once.
#define CPPHTTPLIB_KEEPALIVE_TIMEOUT_CHECK_INTERVAL_USECOND 100'000
#include <httplib.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace overlap::admin {
namespace {

// A few operators and scrapers at a time. A connection holds a thread while it is kept alive, hence
// more threads than requests are expected at once, and a short time to keep alive.
constexpr std::size_t pool_threads = 8;
constexpr std::size_t queued_connections_max = 64;  // past it connections are closed unanswered
constexpr std::size_t requests_a_connection_max = 1000;
constexpr int keep_alive_seconds = 3;
constexpr std::size_t payload_bytes_max = 4096;  // nothing here takes a payload
constexpr int stop_check_microseconds = 100'000;
constexpr std::chrono::milliseconds restart_delay_min{50};
constexpr std::chrono::milliseconds restart_delay_max{1000};

// Windows lets a second program listen on the same port unless this is set ("Using SO_REUSEADDR and
// SO_EXCLUSIVEADDRUSE"); the library's default is the opposite.
void own_the_port(SOCKET socket) {
  const BOOL yes = TRUE;
  setsockopt(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&yes),
             sizeof yes);
}

Request request_of(const httplib::Request& from) {
  Request request{from.method, from.path, {}};
  const auto [first, last] = from.headers.equal_range("Host");
  for (auto host = first; host != last; ++host) request.hosts.push_back(host->second);
  return request;
}

bool has_payload(const httplib::Request& request) {
  return request.has_header("Transfer-Encoding") ||
         (request.has_header("Content-Length") &&
          request.get_header_value("Content-Length") != "0");
}

void put(const Response& from, httplib::Response& to) {
  to.status = from.status;
  to.set_content(from.body, from.content_type);
  if (!from.allow.empty()) to.set_header("Allow", from.allow);
}

}  // namespace

class AdminServer::Impl {
 public:
  Impl(const config::Admin& config, const stats::SnapshotSource& source, Version version)
      : config_(config), routes_(source, std::move(version), config.address) {
    set_limits();
    set_handlers();
  }
  ~Impl() { stop(); }

  void start() {
    if (!bind()) {
      const int code = WSAGetLastError();
      throw std::system_error(code ? code : WSAEADDRINUSE, std::system_category(),
                              "the admin endpoint cannot listen on " + config_.address + " port " +
                                  std::to_string(config_.port));
    }
    thread_ = std::thread{[this] { run(); }};
    http_.wait_until_ready();
  }

  void stop() noexcept {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
      // Between binding and accepting the library ignores stop().
      if (listening_) {
        http_.wait_until_ready();
        http_.stop();
      }
    }
    stop_requested_.notify_all();
    thread_.join();
  }

  std::uint16_t port() const noexcept { return port_; }

 private:
  void set_limits() {
    http_.set_socket_options(own_the_port);
    http_.set_tcp_nodelay(true);
    http_.set_payload_max_length(payload_bytes_max);
    http_.set_read_timeout(io_seconds_max);
    http_.set_write_timeout(io_seconds_max);
    http_.set_keep_alive_timeout(keep_alive_seconds);
    http_.set_keep_alive_max_count(requests_a_connection_max);
    http_.set_idle_interval(0, stop_check_microseconds);
    http_.new_task_queue = [] {
      return new httplib::ThreadPool(pool_threads, queued_connections_max);
    };
  }

  void set_handlers() {
    http_.set_default_headers(
        {{"X-Content-Type-Options", "nosniff"},
         {"Cache-Control", "no-store"},
         {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
         {"Cross-Origin-Resource-Policy", "same-origin"}});
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      put(routes_.respond(request_of(request)), response);
    };
    // A request without payload is answered at once: the library would wait for a payload that a
    // POST does not announce (RFC 9112, section 6.3, item 7: there is none).
    http_.set_pre_routing_handler(
        [answer](const httplib::Request& request, httplib::Response& response) {
          if (has_payload(request)) return httplib::Server::HandlerResponse::Unhandled;
          answer(request, response);
          return httplib::Server::HandlerResponse::Handled;
        });
    // Before it calls one of these the library reads the payload, so that nobody can take it for
    // the next request.
    http_.Get(".*", answer);  // HEAD too
    http_.Post(".*", answer);
    http_.Put(".*", answer);
    http_.Patch(".*", answer);
    http_.Delete(".*", answer);
    http_.Options(".*", answer);
    // What the library refuses by itself: requests that it cannot read or that are too large.
    http_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty())
        put(problem(response.status, "The request cannot be answered."), response);
      return httplib::Server::HandlerResponse::Handled;
    });
    // What went wrong inside is for the log of the service, not for the client.
    http_.set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
          put(problem(500, "The service failed to answer."), response);
        });
  }

  bool bind() {
    if (port_ == 0 && config_.port == 0) {
      const int port = http_.bind_to_any_port(config_.address, AI_NUMERICHOST);
      port_ = port < 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(port);
      listening_ = port > 0;
    } else {
      if (port_ == 0) port_ = config_.port;
      listening_ = http_.bind_to_port(config_.address, port_, AI_NUMERICHOST);
    }
    return listening_;
  }

  // The library gives up listening when a single accept fails, which Windows does for a client that
  // has gone in the meantime ("accept function": WSAECONNRESET). So it is started again until
  // stop().
  void run() {
    auto delay = restart_delay_min;
    for (;;) {
      if (listening_) {
        const auto started = std::chrono::steady_clock::now();
        http_.listen_after_bind();
        if (std::chrono::steady_clock::now() - started > restart_delay_max)
          delay = restart_delay_min;
      }
      std::unique_lock lock{mutex_};
      listening_ = false;
      if (stop_requested_.wait_for(lock, delay, [this] { return stopping_; })) return;
      delay = std::min(delay * 2, restart_delay_max);
      http_.stop();  // clears the mark that forbids binding again
      bind();
    }
  }

  const config::Admin config_;
  const Routes routes_;
  httplib::Server http_;
  std::uint16_t port_ = 0;
  std::thread thread_;

  // The one who stops waits for the endpoint's threads and cannot post to them: they sit in the
  // library's loop.
  std::mutex mutex_;
  std::condition_variable stop_requested_;
  bool stopping_ = false;
  bool listening_ = false;  // bound; changed under the mutex once the thread runs
};

AdminServer::AdminServer(const config::Admin& config, const stats::SnapshotSource& source,
                         Version version)
    : impl_(std::make_unique<Impl>(config, source, std::move(version))) {}
AdminServer::~AdminServer() = default;

void AdminServer::start() { impl_->start(); }
void AdminServer::stop() noexcept { impl_->stop(); }
std::uint16_t AdminServer::port() const noexcept { return impl_->port(); }

}  // namespace overlap::admin
