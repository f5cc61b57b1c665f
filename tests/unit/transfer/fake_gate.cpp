#include "tests/unit/transfer/fake_gate.h"

namespace overlap::test {

using access::LoginOutcome;
using access::LoginResult;

FakeGate::FakeGate(const GateScript& script)
    : script_(script),
      anonymous_(
          std::make_shared<access::User>("", script.anonymous, script.anonymous_bytes_per_second)) {
  for (const UserScript& user : script.users) {
    users_[user.authorization] =
        std::make_shared<access::User>(user.name, user.rules, user.bytes_per_second);
  }
}

access::Identity FakeGate::named(std::string_view certificate_name) const {
  for (const UserScript& user : script_.users) {
    if (user.certificate_name == certificate_name) return users_.at(user.authorization);
  }
  return nullptr;
}

std::optional<LoginOutcome> FakeGate::recall(std::string_view authorization, const PeerInfo& peer,
                                             Instant) {
  const bool password = authorization.starts_with("Basic ");
  if (!password && !authorization.starts_with("Bearer "))
    return LoginOutcome{LoginResult::malformed, nullptr, {}};
  if (!peer.secure && !peer.loopback) return LoginOutcome{LoginResult::insecure, nullptr, {}};
  for (const UserScript& user : script_.users) {
    if (user.recalled && user.authorization == authorization) return log_in(authorization);
  }
  return std::nullopt;
}

LoginOutcome FakeGate::log_in(std::string_view authorization) const {
  const auto found = users_.find(authorization);
  if (found == users_.end()) return {LoginResult::wrong, nullptr, script_.wait};
  return {LoginResult::ok, found->second, {}};
}

}  // namespace overlap::test
