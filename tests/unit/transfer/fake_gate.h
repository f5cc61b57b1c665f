// A gate for scripts: who may log in with which value of Authorization.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "common/access/gate.h"

namespace overlap::test {

struct UserScript {
  std::string name;
  std::string authorization;  // the whole value of the field
  std::vector<access::Rule> rules{{"", access::Rights::all()}};
  bool recalled = false;  // known without a LogIn
  std::uint64_t bytes_per_second = 0;
  std::string certificate_name = {};
};

struct GateScript {
  std::vector<access::Rule> anonymous{{"", access::Rights::all()}};
  std::uint64_t anonymous_bytes_per_second = 0;
  std::vector<UserScript> users = {};
  Instant wait{};  // after a wrong password
};

class FakeGate final : public access::Gate {
 public:
  explicit FakeGate(const GateScript& script);

  access::Identity anonymous() const override { return anonymous_; }
  access::Identity named(std::string_view certificate_name) const override;
  bool knows_users() const override { return !script_.users.empty(); }
  std::optional<access::LoginOutcome> recall(std::string_view authorization, const PeerInfo& peer,
                                             Instant now) override;

  // What a LogIn finds.
  access::LoginOutcome log_in(std::string_view authorization) const;

 private:
  const GateScript& script_;
  access::Identity anonymous_;
  std::map<std::string, access::Identity, std::less<>> users_;  // by authorization
};

}  // namespace overlap::test
