// Tells from the value of an Authorization field who asks. Everything of it but the thread that
// waits for scrypt.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/access/client_network.h"
#include "common/access/credential_cache.h"
#include "common/access/directory.h"
#include "common/access/gate.h"
#include "common/access/login_throttle.h"
#include "common/access/peer.h"

namespace overlap::access {

// What became of a log-in, and what an operator may want to know of it.
struct Verdict {
  LoginOutcome outcome;
  std::string name;            // as given; empty for a token. Not checked, not escaped
  std::uint64_t failures = 0;  // of the client network, if the outcome is `wrong`
  bool notable = false;        // it fails often (LoginThrottle)
};

// A client network that has failed waits (LoginThrottle). Until that is over, what is known to be
// right without a hash passes: a token, and a password that was verified for the same network a
// short time ago. All else gets `busy` with the rest of the wait, whether it is right or wrong, and
// counts as nothing; after the wait it is verified as ever. So one network has no more than one
// password hashed per wait, however many connections it has, as long as one thread calls verify().
// Those who share an address wait for each other; tokens and client certificates never wait.
//
// Thread-safe.
class Authenticator {
 public:
  explicit Authenticator(Identity anonymous);

  // From now on these, and nothing that was remembered of others. Sessions under way keep theirs.
  void replace_users(std::shared_ptr<const Directory> users) noexcept;
  // The same, and what those may do who give no name. Failed log-ins are not forgotten.
  void replace(Identity anonymous, std::shared_ptr<const Directory> users) noexcept;

  Identity anonymous() const;
  Identity named(std::string_view certificate_name) const;
  bool knows_users() const { return users()->size() != 0; }

  // What can be said without hashing a password; nothing: verify() is to be called.
  // Throws std::bad_alloc.
  std::optional<Verdict> recall(std::string_view authorization, const PeerInfo& peer, Instant now);
  // Slow: hashes a password. Throws std::bad_alloc.
  Verdict verify(std::string_view authorization, const PeerInfo& peer, Instant now);

 private:
  std::shared_ptr<const Directory> users() const;
  Instant held_back(const ClientNetwork& client, Instant now) const;
  Verdict reject(std::string name, const ClientNetwork& client, Instant now);

  // Every thread of every listener recalls log-ins, each needs its answer at once, and all must see
  // the failures of all: posting to an owner would cost two thread changes a request. Held for a
  // look-up, never while a password is hashed.
  mutable std::mutex mutex_;
  Identity anonymous_;
  std::shared_ptr<const Directory> users_;  // never null
  CredentialCache cache_;
  LoginThrottle throttle_;
};

}  // namespace overlap::access
