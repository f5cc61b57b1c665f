// Who may do what in a simulated run, and the verifier of log-ins, which answers late.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "common/access/gate.h"
#include "service/access/login_job.h"
#include "tests/support/sim_random.h"

namespace overlap::simulation {

// "Bearer ann" is remembered, "Bearer ben" must be verified, anything else is wrong.
class Logins final : public access::Gate, public access::LoginApi {
 public:
  Logins(std::uint64_t seed, std::uint64_t bytes_per_second)
      : random_(seed),
        anonymous_(user("", bytes_per_second)),
        ann_(user("ann", bytes_per_second)),
        ben_(user("ben", 0)) {}

  access::Identity anonymous() const override { return anonymous_; }
  access::Identity named(std::string_view) const override { return nullptr; }
  bool knows_users() const override { return true; }
  std::optional<access::LoginOutcome> recall(std::string_view authorization, const PeerInfo&,
                                             Instant) override {
    if (authorization == "Bearer ann")
      return access::LoginOutcome{access::LoginResult::ok, ann_, {}};
    return std::nullopt;
  }

  void submit(access::LoginJob& job) noexcept override {
    const Instant due = job.now.monotonic + std::chrono::microseconds(random_.below(100'000));
    waiting_.push_back({&job, due});
  }
  Instant next_due() const noexcept {
    Instant next = never;
    for (const Waiting& waiting : waiting_) next = std::min(next, waiting.due);
    return next;
  }
  void run(Instant now) noexcept {
    for (;;) {
      const auto first = std::ranges::min_element(waiting_, {}, &Waiting::due);
      if (first == waiting_.end() || first->due > now) return;
      access::LoginJob& job = *first->job;
      waiting_.erase(first);
      if (job.authorization == "Bearer ben") {
        job.outcome = {access::LoginResult::ok, ben_, {}};
      } else {
        const auto wait = std::chrono::milliseconds(random_.below(3000));
        job.outcome = {access::LoginResult::wrong, nullptr, wait};
      }
      job.answered(job);
    }
  }
  bool idle() const noexcept { return waiting_.empty(); }

 private:
  struct Waiting {
    access::LoginJob* job;
    Instant due;
  };
  static access::Identity user(std::string name, std::uint64_t bytes_per_second) {
    std::vector<access::Rule> everything{{"", access::Rights::all()}};
    return std::make_shared<access::User>(std::move(name), std::move(everything), bytes_per_second);
  }

  sim::Random random_;
  access::Identity anonymous_, ann_, ben_;
  std::vector<Waiting> waiting_;
};

}  // namespace overlap::simulation
