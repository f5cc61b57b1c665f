// Who asks, and what they may do: what the session wants to know of the users.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "common/access/peer.h"
#include "common/access/user.h"
#include "common/time.h"

namespace overlap::access {

enum class LoginResult : std::uint8_t {
  ok,
  wrong,      // no such user, another password, or an unknown token: not told apart
  malformed,  // not Basic or Bearer credentials
  insecure,   // a password or token was sent in clear text over a network; it was not looked at
              // (RFC 7617, section 4; RFC 6750, section 5.3)
  busy,  // too many log-ins wait for their turn, or the client has failed just before and waits
         // (Authenticator): not told whether right or wrong, to be tried again
};

struct LoginOutcome {
  LoginResult result = LoginResult::wrong;
  Identity user;  // if ok
  // If `wrong`: how long the refusal is to be held back; failures of a client add up. If `busy`:
  // how long it will be so, as far as is known; that refusal is given at once.
  Instant wait{};
};

// Thread-safe.
class Gate {
 public:
  virtual ~Gate() = default;

  // Those who give no name. Never null.
  virtual Identity anonymous() const = 0;
  // The user that a verified client certificate names; null if there is none.
  virtual Identity named(std::string_view certificate_name) const = 0;
  // Whether there is anybody who could log in.
  virtual bool knows_users() const = 0;
  // What is known of these credentials without hashing a password; nothing: the session asks for a
  // LogIn.
  virtual std::optional<LoginOutcome> recall(std::string_view authorization, const PeerInfo& peer,
                                             Instant now) = 0;
};

}  // namespace overlap::access
