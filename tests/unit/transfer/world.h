// What a session acts upon in a script: the peer, the files, the gate and the clock. Performs one
// action at a time and notes each broken promise.
#pragma once

#include <optional>
#include <string>

#include "tests/unit/transfer/fake_store.h"
#include "tests/unit/transfer/script.h"

namespace overlap::test {

struct Answer {
  Outcome outcome;
  std::optional<StoreOutcome> store = {};          // after Ask
  std::optional<access::LoginOutcome> login = {};  // after LogIn
};

class World {
 public:
  World(const Script& script, const Plan& plan, Played& played, const FakeGate& gate);

  // Not for Close.
  Answer perform(const Action& action);
  void ended(const Close& close);
  // Each action's deadline, asked for before it is performed.
  void deadline_is(const Action& action, Instant deadline);
  const Now& now() const { return now_; }

 private:
  Answer operate(const Receive& receive);
  Answer operate(const Send& send);
  Answer operate(const SendFile& send);
  Answer operate(const Read& read);
  Answer operate(const Write& write);
  Answer operate(const Ask& ask);
  Answer operate(const LogIn& login);
  Answer operate(const Pause& pause);
  Answer operate(const CloseFile&);
  Answer operate(const ShutdownSend&);
  Answer operate(const Close&);

  Answer send_bytes(const std::string& all);
  bool wait_for_input();  // of a slow peer; false if the deadline came first
  void broken(const std::string& promise);
  void require(bool kept, const char* promise);
  Outcome fault_of(std::size_t wanted) const;
  std::size_t faulted(std::size_t wanted) const;
  bool at_fault() const { return played_.steps == plan_.fault_step && plan_.fault != Fault::none; }

  const Script& script_;
  const Plan& plan_;
  Played& played_;
  const FakeGate& gate_;
  FakeStore store_;
  Now now_;
  Instant begin_{};
  Instant deadline_ = never;
  std::size_t received_ = 0;
  bool shut_down_ = false;
};

}  // namespace overlap::test
