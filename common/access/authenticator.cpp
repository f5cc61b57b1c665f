#include "common/access/authenticator.h"

#include <utility>
#include <variant>

#include "common/protocol/authorization.h"

namespace overlap::access {
namespace {

protocol::Credentials read(std::string_view authorization) {
  protocol::RequestHead head;
  head.fields.push_back({"Authorization", authorization});
  return protocol::read_credentials(head);
}

// Neither a password (RFC 7617, section 4) nor a token (RFC 6750, section 5.3) may cross a network
// in clear text. One that did is not looked at, so that nobody gets used to it.
bool may_give_secret(const PeerInfo& peer) noexcept { return peer.secure || peer.loopback; }

Verdict without_failure(LoginResult result, Instant wait = {}) {
  Verdict verdict;
  verdict.outcome = {result, nullptr, wait};
  return verdict;
}

Verdict accept(Identity user, std::string name) {
  Verdict verdict;
  verdict.outcome = {LoginResult::ok, std::move(user), {}};
  verdict.name = std::move(name);
  return verdict;
}

}  // namespace

Authenticator::Authenticator(Identity anonymous)
    : anonymous_(std::move(anonymous)), users_(std::make_shared<const Directory>()) {}

void Authenticator::replace_users(std::shared_ptr<const Directory> users) noexcept {
  const std::lock_guard hold(mutex_);
  users_.swap(users);
  cache_.clear();
}

void Authenticator::replace(Identity anonymous, std::shared_ptr<const Directory> users) noexcept {
  const std::lock_guard hold(mutex_);
  anonymous_.swap(anonymous);
  users_.swap(users);
  cache_.clear();
}

Identity Authenticator::anonymous() const {
  const std::lock_guard hold(mutex_);
  return anonymous_;
}

std::shared_ptr<const Directory> Authenticator::users() const {
  const std::lock_guard hold(mutex_);
  return users_;
}

Identity Authenticator::named(std::string_view certificate_name) const {
  return users()->named(certificate_name);
}

Verdict Authenticator::reject(std::string name, const ClientNetwork& client, Instant now) {
  LoginThrottle::Failure failure;
  {
    const std::lock_guard hold(mutex_);
    failure = throttle_.failed(client, now);
  }
  Verdict verdict;
  verdict.outcome = {LoginResult::wrong, nullptr, failure.wait};
  verdict.name = std::move(name);
  verdict.failures = failure.count;
  verdict.notable = failure.notable;
  return verdict;
}

Instant Authenticator::held_back(const ClientNetwork& client, Instant now) const {
  const std::lock_guard hold(mutex_);
  return throttle_.held_back(client, now);
}

std::optional<Verdict> Authenticator::recall(std::string_view authorization, const PeerInfo& peer,
                                             Instant now) {
  auto credentials = read(authorization);
  const ClientNetwork client = client_network(peer.address);
  if (const auto* bearer = std::get_if<protocol::BearerToken>(&credentials)) {
    if (!may_give_secret(peer)) return without_failure(LoginResult::insecure);
    Identity user = users()->with_token(bearer->token);
    // A right token forgets no failures: who has one could guess at the passwords of others.
    if (user) return accept(std::move(user), {});
    if (const Instant wait = held_back(client, now); wait > Instant::zero())
      return without_failure(LoginResult::busy, wait);
    return reject({}, client, now);
  }
  auto* basic = std::get_if<protocol::BasicCredentials>(&credentials);
  if (basic == nullptr) return without_failure(LoginResult::malformed);
  if (!may_give_secret(peer)) return without_failure(LoginResult::insecure);
  Identity user;
  {
    const std::lock_guard hold(mutex_);
    user = cache_.find(client, basic->user, basic->password, now);
  }
  if (user) return accept(std::move(user), std::move(basic->user));
  if (const Instant wait = held_back(client, now); wait > Instant::zero())
    return without_failure(LoginResult::busy, wait);
  return std::nullopt;
}

Verdict Authenticator::verify(std::string_view authorization, const PeerInfo& peer, Instant now) {
  // Another connection of the same client may have waited for the same password just before, or
  // have failed.
  if (auto known = recall(authorization, peer, now)) return std::move(*known);
  auto credentials = read(authorization);
  auto& basic = std::get<protocol::BasicCredentials>(credentials);
  const std::shared_ptr<const Directory> asked = users();
  Identity user = asked->with_password(basic.user, basic.password);
  const ClientNetwork client = client_network(peer.address);
  if (!user) return reject(std::move(basic.user), client, now);
  {
    const std::lock_guard hold(mutex_);
    throttle_.succeeded(client);
    // Not if the users have changed meanwhile: the next request is to ask the new ones.
    if (users_ == asked) cache_.remember(client, basic.user, basic.password, user, now);
  }
  return accept(std::move(user), std::move(basic.user));
}

}  // namespace overlap::access
