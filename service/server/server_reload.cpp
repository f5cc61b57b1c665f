// How a running server takes over another configuration: everything that can fail is made ready
// first; then it is put in place.
#include <algorithm>
#include <system_error>

#include "service/log/log.h"
#include "service/scm/start_error.h"
#include "service/server/server.h"

namespace overlap::server {
namespace {

using scm::ExitCode;
using scm::StartError;

// Where a socket listens.
using Endpoint = std::pair<std::string, std::uint16_t>;

Endpoint endpoint_of(const config::Listener& listener) { return {listener.address, listener.port}; }

}  // namespace

struct Server::Change {
  struct One {
    std::shared_ptr<Listener> listener;
    std::optional<Listener::Ready> ready;  // nothing: it stays as it is
    bool is_new = false;
  };
  std::vector<One> wanted;
};

// A port that another listener gives up in the same change cannot be bound before, and the change
// is refused: it could not be known whether it can be ended.
Server::Change Server::prepare_listeners(const std::vector<config::Listener>& wanted) {
  Change change;
  for (const config::Listener& config : wanted) {
    try {
      const auto same = std::find_if(
          listeners_.begin(), listeners_.end(),
          [&config](const auto& listener) { return listener->config().name == config.name; });
      Change::One& one = change.wanted.emplace_back();
      one.is_new = same == listeners_.end();
      one.listener = one.is_new ? std::make_shared<Listener>(config, *services_) : *same;
      const config::Listener before = one.listener->config();
      if (!one.is_new && before == config) continue;
      std::optional<io::ListenSocket> socket;
      if (one.is_new || endpoint_of(before) != endpoint_of(config))
        socket = io::listen_on(config.address, config.port);
      one.ready = one.listener->make_ready(config, std::move(socket));
    } catch (const std::system_error& error) {
      throw StartError(ExitCode::listener, "Listener " + config.name + ": " + scm::sentence(error));
    }
  }
  return change;
}

std::vector<std::string> Server::reload(const config::Config& next,
                                        const std::function<void()>& also) {
  Change change = prepare_listeners(next.listeners);
  auto access = gatekeeper_->prepare(next.access);
  // Read anew also if only the files have changed: who reloads wants to know whether they are good.
  std::shared_ptr<tls::CertificateStore> certificates;
  if (!next.tls.certificate_file.empty())
    certificates = std::make_shared<tls::CertificateStore>(next.tls);
  // Until its listeners are gone, a certificate that is configured no longer is still shown.
  auto terms = terms_for(next, certificates ? certificates : certificates_);
  also();
  gatekeeper_->commit(std::move(access));
  services_->conversations.use(std::move(terms));
  {
    const std::lock_guard hold(mutex_);
    certificates_ = std::move(certificates);
    config_ = next;
  }
  return change_listeners(std::move(change));
}

std::vector<std::string> Server::change_listeners(Change change) {
  std::vector<std::string> failures;
  Listeners next;
  for (Change::One& one : change.wanted) {
    next.push_back(one.listener);
    if (!one.ready) continue;
    const config::Listener config = one.ready->config;
    try {
      one.is_new ? one.listener->open(std::move(*one.ready))
                 : one.listener->change(std::move(*one.ready));
      if (one.is_new && state_.load() == State::paused) one.listener->pause();
    } catch (const std::exception& error) {
      const std::string place = config.address + " port " + std::to_string(config.port);
      log::event(log::EventId::listener_failed, {config.name, place, error.what()});
      failures.push_back("Listener " + config.name + " on " + place + ": " + scm::sentence(error));
    }
  }
  Listeners leaving;
  for (const auto& listener : listeners_) {
    if (std::find(next.begin(), next.end(), listener) != next.end()) continue;
    listener->drain();
    leaving.push_back(listener);
  }
  const std::lock_guard hold(mutex_);
  listeners_ = std::move(next);
  leaving_.insert(leaving_.end(), leaving.begin(), leaving.end());
  // What is in effect, which a failure may have left as it was.
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    config_.listeners[i] = listeners_[i]->config();
  return failures;
}

}  // namespace overlap::server
