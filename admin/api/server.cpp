#include "admin/api/server.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include "admin/api/crew.h"
#include "admin/api/guard.h"
#include "admin/api/routes.h"

namespace overlap::admin {
namespace {

constexpr std::chrono::milliseconds restart_delay_min{50};
constexpr std::chrono::milliseconds restart_delay_max{1000};

// What every caller relies on, whatever the configuration's own rules say.
Certificate checked(const config::Admin& config, Certificate certificate) {
  if (!config.tls && !is_loopback(config.address))
    throw std::invalid_argument("the admin endpoint speaks TLS, or listens on loopback only");
  if (!config.tls) return {};
  if (!certificate) throw std::invalid_argument("the admin endpoint has no certificate for TLS");
  return certificate;
}

}  // namespace

class AdminServer::Impl {
 public:
  Impl(const config::Admin& config, Management management, const Sampler& sampler,
       Certificate certificate)
      : config_(config),
        guard_(config, management.commands),
        routes_(guard_, management, sampler),
        http_(routes_, crew_, checked(config, std::move(certificate))) {}
  ~Impl() { stop(); }

  void start() {
    if (!bind()) {
      throw std::system_error(HttpEndpoint::last_error(), std::system_category(),
                              "the admin endpoint cannot listen on " + config_.address + " port " +
                                  std::to_string(config_.port));
    }
    guard_.listens_on(port_);
    thread_ = std::thread{[this] { run(); }};
    http_.wait_until_ready();
  }

  void stop() noexcept {
    if (!thread_.joinable()) return;
    routes_.end_streams();
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
    crew_.stop();
  }

  void apply(const config::Admin& config) { guard_.apply(config); }
  std::uint16_t port() const noexcept { return port_; }

 private:
  bool bind() {
    const std::uint16_t bound = http_.bind(config_.address, port_ != 0 ? port_ : config_.port);
    listening_ = bound != 0;
    if (listening_) port_ = bound;
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
        http_.listen();
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
  Guard guard_;
  const Routes routes_;
  Crew crew_;
  HttpEndpoint http_;
  std::uint16_t port_ = 0;
  std::thread thread_;

  // The one who stops waits for the endpoint's threads and cannot post to them: they sit in the
  // library's loop.
  std::mutex mutex_;
  std::condition_variable stop_requested_;
  bool stopping_ = false;
  bool listening_ = false;  // bound; changed under the mutex once the thread runs
};

AdminServer::AdminServer(const config::Admin& config, Management management, const Sampler& sampler,
                         Certificate certificate)
    : impl_(std::make_unique<Impl>(config, management, sampler, std::move(certificate))) {}
AdminServer::~AdminServer() = default;

void AdminServer::start() { impl_->start(); }
void AdminServer::stop() noexcept { impl_->stop(); }
void AdminServer::apply(const config::Admin& config) { impl_->apply(config); }
std::uint16_t AdminServer::port() const noexcept { return impl_->port(); }

}  // namespace overlap::admin
