#include "service/server/server.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "common/digest/secrets.h"
#include "service/log/log.h"
#include "service/scm/start_error.h"

namespace overlap::server {

namespace {

using scm::ExitCode;
using scm::StartError;

std::string sentence(const std::exception& error) {
  std::string text = error.what();
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == '.')) {
    text.pop_back();
  }
  return text + '.';
}

// "20" or "0.3": what the configuration says.
std::string seconds_text(std::chrono::milliseconds time) {
  std::string text = std::to_string(time.count() / 1000);
  if (const auto rest = time.count() % 1000) {
    text += '.' + std::to_string(1000 + rest).substr(1);
    while (text.back() == '0') text.pop_back();
  }
  return text;
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  random_bytes(std::as_writable_bytes(std::span(&seed, 1)));
  return seed;
}

std::int64_t unix_seconds() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

}  // namespace

Server::Server(const config::Config& config) : config_(config) {}

Server::~Server() {
  if (watch_.joinable()) stop([] {});
}

void Server::start() {
  open_store();
  gatekeeper_ = std::make_unique<access::Gatekeeper>(config_.access);
  const bool secure = std::any_of(config_.listeners.begin(), config_.listeners.end(),
                                  [](const config::Listener& listener) { return listener.tls; });
  if (secure) certificates_ = std::make_unique<tls::CertificateStore>(config_.tls);
  services_ = std::make_unique<ListenerServices>(
      ListenerServices{SessionConfig{config_.limits, config_.timeouts, config_.uploads,
                                     config_.access.realm, *gatekeeper_, random_seed()},
                       *store_, *gatekeeper_, certificates_.get()});
  for (const config::Listener& listener : config_.listeners) {
    listeners_.push_back(make_listener(listener, *services_));
  }
  watching_ = true;
  watch_ = std::thread([this] { watch(); });
  try {
    open_listeners();
  } catch (...) {
    stop([] {});
    throw;
  }
  state_.store(State::running);
}

void Server::open_store() {
  try {
    store_ = std::make_unique<store::FileStore>(config_.store, config_.uploads);
  } catch (const std::exception& error) {
    throw StartError(ExitCode::root, sentence(error));
  }
}

void Server::open_listeners() {
  for (const auto& listener : listeners_) {
    try {
      listener->start();
    } catch (const std::exception& error) {
      throw StartError(ExitCode::listener,
                       "Listener " + listener->config().name + ": " + sentence(error));
    }
    log::write(log::Severity::info, "listener " + listener->config().name + ": model " +
                                        std::string(config::name_of(listener->config().model)) +
                                        " on " + listener->config().address + " port " +
                                        std::to_string(listener->port()));
  }
}

void Server::pause() {
  for (const auto& listener : listeners_) listener->pause();
  state_.store(State::paused);
}

void Server::resume() {
  for (const auto& listener : listeners_) listener->resume();
  state_.store(State::running);
}

void Server::stop(const std::function<void()>& progress) {
  state_.store(State::draining);
  for (const auto& listener : listeners_) listener->drain();
  if (!wait_until_empty(config_.timeouts.drain, progress)) {
    log::event(log::EventId::drain_deadline_passed,
               {seconds_text(config_.timeouts.drain), std::to_string(connections())});
    for (const auto& listener : listeners_) listener->close();
    store_->stop();
    // Everything is cancelled; only file calls under way are waited for, and they cannot be cut.
    wait_until_empty(std::chrono::hours(1), progress);
  }
  {
    const std::lock_guard hold(watch_mutex_);
    watching_ = false;
  }
  watch_ends_.notify_all();
  if (watch_.joinable()) watch_.join();
  // No connection is left, but a thread of the store or the one that verifies log-ins may still be
  // about to wake the model that it has posted its last answer to: they end before the models do.
  store_.reset();
  gatekeeper_.reset();
  for (const auto& listener : listeners_) listener->stop();
  state_.store(State::stopped);
}

std::size_t Server::connections() const {
  std::size_t count = 0;
  for (const auto& listener : listeners_) count += listener->connections();
  return count;
}

bool Server::wait_until_empty(std::chrono::milliseconds limit,
                              const std::function<void()>& progress) {
  constexpr auto look = std::chrono::milliseconds(20);
  constexpr auto report = std::chrono::milliseconds(200);
  const auto end = std::chrono::steady_clock::now() + limit;
  auto next_report = std::chrono::steady_clock::now();
  while (connections() != 0) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) return false;
    if (now >= next_report) {
      progress();
      next_report = now + report;
    }
    std::this_thread::sleep_for(look);
  }
  return true;
}

void Server::watch() {
  std::unique_lock hold(watch_mutex_);
  constexpr unsigned sweep_seconds = 60;
  for (unsigned second = 1;
       !watch_ends_.wait_for(hold, std::chrono::seconds(1), [this] { return !watching_; });
       ++second) {
    for (const auto& listener : listeners_) listener->probe();
    gatekeeper_->refresh();
    if (certificates_) certificates_->refresh();
    if (second % sweep_seconds == 0) store_->sweep(unix_seconds());
  }
}

std::uint16_t Server::port(std::string_view listener) const {
  for (const auto& candidate : listeners_) {
    if (candidate->config().name == listener) return candidate->port();
  }
  return 0;
}

std::vector<stats::ModelSnapshot> Server::models() const {
  std::vector<stats::ModelSnapshot> snapshots;
  for (const auto& listener : listeners_) snapshots.push_back(listener->snapshot());
  return stats::merge_by_name(std::move(snapshots));
}

bool Server::ready() const {
  if (state_.load() != State::running) return false;
  for (const auto& listener : listeners_) {
    if (!listener->accepting()) return false;
  }
  return true;
}

std::string Server::state() const {
  static constexpr std::array names{"starting", "running", "paused", "draining", "stopped"};
  return names[static_cast<std::size_t>(state_.load())];
}

}  // namespace overlap::server
