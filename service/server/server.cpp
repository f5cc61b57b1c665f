#include "service/server/server.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

#include "common/digest/secrets.h"
#include "service/log/log.h"
#include "service/scm/hosted.h"
#include "service/scm/start_error.h"
#include "service/server/connection_view.h"

namespace overlap::server {

namespace {

using scm::ExitCode;
using scm::StartError;

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

std::string endpoint_text(const config::Listener& listener, std::uint16_t port) {
  return listener.address + " port " + std::to_string(port);
}

}  // namespace

Server::Server(const config::Config& config, management::Journal* journal)
    : config_(config), journal_(journal) {}

Server::~Server() {
  if (control_ && state_.load() != State::stopped) stop([] {});
}

void Server::start() {
  open_store();
  gatekeeper_ = std::make_unique<access::Gatekeeper>(config_.access);
  if (!config_.tls.certificate_file.empty())
    certificates_ = std::make_shared<tls::CertificateStore>(config_.tls);
  boundary_seed_ = random_seed();
  services_.reset(new CarrierServices{Conversations(terms_for(config_, certificates_)), *store_,
                                      *gatekeeper_, journal_});
  for (const config::Listener& listener : config_.listeners) {
    listeners_.push_back(std::make_shared<Listener>(listener, *services_));
  }
  control_ = std::make_unique<Control>([this] { second_passed(); });
  try {
    control_->run([this] { open_listeners(); });
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
    throw StartError(ExitCode::root, scm::sentence(error));
  }
}

void Server::open_listeners() {
  for (const auto& listener : listeners_) {
    const config::Listener config = listener->config();
    try {
      listener->open();
    } catch (const std::exception& error) {
      throw StartError(ExitCode::listener, "Listener " + config.name + ": " + scm::sentence(error));
    }
    log::write(log::Severity::info, "listener " + config.name + ": model " +
                                        std::string(config::name_of(config.model)) + " on " +
                                        endpoint_text(config, listener->port()));
  }
}

std::shared_ptr<const Conversations::Terms> Server::terms_for(
    const config::Config& config, std::shared_ptr<tls::CertificateStore> certificates) const {
  return std::make_shared<const Conversations::Terms>(
      Conversations::Terms{SessionConfig{config.limits, config.timeouts, config.uploads,
                                         config.access.realm, *gatekeeper_, boundary_seed_},
                           std::move(certificates)});
}

void Server::each_second(std::function<void()> also) {
  control_->run([&] { also_each_second_ = std::move(also); });
}

void Server::pause() {
  if (stopping()) return;
  for (const auto& listener : listeners_) listener->pause();
  state_.store(State::paused);
}

void Server::resume() {
  if (stopping()) return;
  for (const auto& listener : listeners_) {
    if (listener->state().phase == management::ListenerPhase::paused) listener->resume();
  }
  state_.store(State::running);
}

Listener* Server::find(std::string_view name) {
  for (const auto& listener : listeners_) {
    if (listener->config().name == name) return listener.get();
  }
  return nullptr;
}

void Server::switch_model(Listener& listener, config::ModelName model) {
  config::Listener config = listener.config();
  if (config.model == model) return;
  if (config.threads == config::default_threads(config.model))
    config.threads = config::default_threads(model);
  config.model = model;
  listener.change(listener.make_ready(config));
  const std::lock_guard hold(mutex_);
  for (config::Listener& in_effect : config_.listeners) {
    if (in_effect.name == config.name) in_effect = config;
  }
}

void Server::stop(const std::function<void()>& progress) {
  control_->run_first([this] {
    state_.store(State::draining);
    for (const auto& listener : listeners_) listener->drain();
    for (const auto& listener : leaving_) listener->drain();
  });
  const std::chrono::milliseconds limit = config().timeouts.drain;
  if (!wait_until_empty(limit, progress)) {
    log::event(log::EventId::drain_deadline_passed,
               {seconds_text(limit), std::to_string(connection_count())});
    control_->run_first([this] {
      for (const auto& listener : listeners_) listener->close();
      for (const auto& listener : leaving_) listener->close();
    });
    store_->stop();
    // Everything is cancelled; only file calls under way are waited for, and they cannot be cut.
    if (!wait_until_empty(cancel_time_max, progress))
      throw scm::Stuck(std::to_string(connection_count()) +
                       " connections wait for calls of the file system that do not come back; the "
                       "process ends without them");
  }
  control_->end();
  for (const auto& listener : listeners_) listener->reap();
  Listeners left;
  std::unique_ptr<store::FileStore> store;
  {
    const std::lock_guard hold(mutex_);
    left.swap(leaving_);
    store.swap(store_);
  }
  left.clear();
  store.reset();
  gatekeeper_.reset();
  state_.store(State::stopped);
}

bool Server::is_empty() const {
  bool all = true;
  for_each_listener([&](const Listener& listener) { all = all && listener.empty(); });
  return all;
}

std::size_t Server::connection_count() const {
  std::size_t count = 0;
  for_each_listener([&](const Listener& listener) { count += listener.connections(); });
  return count;
}

bool Server::wait_until_empty(std::chrono::milliseconds limit,
                              const std::function<void()>& progress) {
  constexpr auto look = std::chrono::milliseconds(20);
  constexpr auto report = std::chrono::milliseconds(200);
  const auto end = std::chrono::steady_clock::now() + limit;
  auto next_report = std::chrono::steady_clock::now();
  while (!is_empty()) {
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

void Server::second_passed() noexcept {
  constexpr unsigned sweep_seconds = 60;
  for (const auto& listener : listeners_) {
    listener->probe();
    listener->reap();
  }
  {
    Listeners ended;  // after the mutex: their threads are waited for
    const std::lock_guard hold(mutex_);
    const auto left = std::stable_partition(
        leaving_.begin(), leaving_.end(), [](const auto& listener) { return !listener->empty(); });
    std::move(left, leaving_.end(), std::back_inserter(ended));
    leaving_.erase(left, leaving_.end());
  }
  gatekeeper_->refresh();
  if (certificates_) certificates_->refresh();
  store_->measure();
  if (also_each_second_) also_each_second_();
  if (++seconds_ % sweep_seconds == 0) store_->sweep(unix_ms_now() / 1000);
}

// ---- what is told

std::uint16_t Server::port(std::string_view name) const {
  const std::lock_guard hold(mutex_);
  for (const auto& listener : listeners_) {
    if (listener->config().name == name) return listener->port();
  }
  return 0;
}

std::vector<stats::ModelSnapshot> Server::models() const {
  std::vector<config::ModelName> wanted;
  const auto want = [&wanted](config::ModelName model) {
    if (std::find(wanted.begin(), wanted.end(), model) == wanted.end()) wanted.push_back(model);
  };
  {
    const std::lock_guard hold(mutex_);
    for (const auto& listener : listeners_) want(listener->config().model);
  }
  std::vector<stats::ModelSnapshot> snapshots;
  if (!services_) return snapshots;
  for (const config::ModelName model : wanted)
    snapshots.push_back(services_->statistics.snapshot(model));
  for (std::size_t i = 0; i < config::model_names.size(); ++i) {
    const auto model = static_cast<config::ModelName>(i);
    if (std::find(wanted.begin(), wanted.end(), model) != wanted.end()) continue;
    stats::ModelSnapshot snapshot = services_->statistics.snapshot(model);
    if (snapshot.total().submitted != 0) snapshots.push_back(std::move(snapshot));
  }
  return snapshots;
}

std::vector<management::ListenerState> Server::listeners() const {
  std::vector<management::ListenerState> states;
  const std::lock_guard hold(mutex_);
  for (const auto& listener : listeners_) states.push_back(listener->state());
  return states;
}

std::vector<management::ConnectionState> Server::connections(const ConnectionFilter& filter,
                                                             std::size_t limit) const {
  std::vector<management::ConnectionState> found;
  for_each_listener([&](const Listener& listener) { listener.list(filter, found); });
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  if (found.size() > limit) found.resize(limit);
  return found;
}

bool Server::close_connection(std::uint64_t id) {
  bool found = false;
  for_each_listener([&](Listener& listener) { found = found || listener.close_connection(id); });
  return found;
}

std::vector<management::UploadState> Server::uploads(std::string_view after,
                                                     std::size_t limit) const {
  const std::lock_guard hold(mutex_);
  return store_ ? store_->uploads(after, limit) : std::vector<management::UploadState>();
}

bool Server::remove_upload(std::string_view id) {
  return store_->remove_upload(id);  // on the control thread, which ends before the store
}

std::optional<store::VolumeSpace> Server::volume() const {
  const std::lock_guard hold(mutex_);
  return store_ ? store_->volume() : std::nullopt;
}

std::shared_ptr<const tls::CertificateStore> Server::certificates() const {
  const std::lock_guard hold(mutex_);
  return certificates_;
}

config::Config Server::config() const {
  const std::lock_guard hold(mutex_);
  return config_;
}

bool Server::ready() const {
  if (state_.load() != State::running) return false;
  const std::lock_guard hold(mutex_);
  return std::all_of(listeners_.begin(), listeners_.end(),
                     [](const auto& listener) { return listener->accepting(); });
}

std::string_view Server::state() const noexcept {
  return state_names[static_cast<std::size_t>(state_.load())];
}

}  // namespace overlap::server
