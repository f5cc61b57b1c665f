// An inner conversation that wants what a test has written down, and notes how each wish ended.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/transfer/conversation.h"

namespace overlap::test {

class Scripted final : public Conversation {
 public:
  using Wish = std::function<Action(Scripted&)>;

  std::deque<Wish> wishes;  // after the last: Close{finished}
  std::vector<Outcome> outcomes;
  std::vector<StoreOutcome> answers;
  std::size_t logins = 0;
  std::string heard;  // plain text of all receives
  std::size_t receive_bytes = 4096;
  Instant wanted_deadline = std::chrono::seconds(77);
  bool wanted_idle = false;
  bool started = false;
  bool closed = false;
  PeerInfo peer_at_start;
  std::string finish_marker;  // each whole one that is heard finishes a request
  std::size_t requests_finished = 0;

  void receive() {
    wishes.push_back([](Scripted& self) { return self.receive_now(); });
  }
  // Receives until the end of the input or a failure.
  void receive_all() {
    wishes.push_back([](Scripted& self) {
      const bool more = self.outcomes.empty() || self.outcomes.back().result == Result::ok;
      if (!more) return self.next();
      self.wishes.push_front(self.current_);
      return self.receive_now();
    });
  }
  void want(Action action) {
    auto kept = std::make_shared<Action>(std::move(action));
    wishes.push_back([kept](Scripted&) { return std::move(*kept); });
  }

  Action start(PeerInfo& peer, const Now&) override {
    started = true;
    peer_at_start = peer;
    return next();
  }
  Action resume(const Outcome& outcome, const Now&) override {
    finished_ = false;
    outcomes.push_back(outcome);
    if (receiving_ && outcome.result == Result::ok) {
      heard.append(reinterpret_cast<const char*>(buffer_.data()), outcome.bytes);
      note_finished();
    }
    receiving_ = false;
    return next();
  }
  Action resume(StoreOutcome& outcome, const Now&) override {
    answers.push_back(std::move(outcome));
    return next();
  }
  Action resume(const access::LoginOutcome&, const Now&) override {
    ++logins;
    return next();
  }
  Instant deadline() const noexcept override { return wanted_deadline; }
  bool idle() const noexcept override { return wanted_idle; }
  Activity activity() const noexcept override { return {.phase = ConnectionPhase::working}; }
  const RequestRecord* finished_request() const noexcept override {
    return finished_ ? &record_ : nullptr;
  }

 private:
  Action receive_now() {
    receiving_ = true;
    buffer_.assign(receive_bytes, std::byte{0xee});
    return Receive{buffer_};
  }
  Action next() {
    if (wishes.empty()) {
      closed = true;
      return Close{CloseReason::finished};
    }
    const Wish wish = std::move(wishes.front());
    wishes.pop_front();
    current_ = wish;
    Action action = wish(*this);
    if (std::holds_alternative<Close>(action)) closed = true;
    return action;
  }
  void note_finished() {
    if (finish_marker.empty() || !heard.ends_with(finish_marker)) return;
    finished_ = true;
    record_.target = std::to_string(requests_finished++);
  }

  Wish current_;
  std::vector<std::byte> buffer_;
  bool receiving_ = false;
  bool finished_ = false;
  RequestRecord record_;
};

}  // namespace overlap::test
