// What a connection hands over to have credentials verified, and gets back. Portable: the
// simulation has a verifier of its own behind the same interface.
#pragma once

#include <string_view>

#include "common/access/gate.h"
#include "common/access/peer.h"
#include "common/time.h"

namespace overlap::access {

// Embedded in the connection: one log-in at a time. Between submit() and `answered` it belongs to
// the verifier.
struct LoginJob {
  using Answered = void (*)(LoginJob&) noexcept;
  explicit LoginJob(Answered run) noexcept : answered(run) {}

  std::string_view authorization;  // the value of the field; stays until the answer
  const PeerInfo* peer = nullptr;  // stays until the answer; never null
  Now now;
  LoginOutcome outcome;  // what became of it
  // Called once per submit(), on any thread, perhaps before submit() returns: it may only post.
  Answered answered;
};

class LoginApi {
 public:
  virtual ~LoginApi() = default;
  // Any thread. Returns at once; the job must stay until `answered` was called.
  virtual void submit(LoginJob& job) noexcept = 0;
};

}  // namespace overlap::access
