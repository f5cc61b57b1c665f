// What a session acts upon in a script: the peer, the files and the clock. Performs one action at a
// time and notes each broken promise.
#pragma once

#include <optional>
#include <string>

#include "tests/unit/transfer/script.h"

namespace overlap::test {

struct Answer {
  Outcome outcome;
  std::optional<StoreOutcome> store;  // after Ask
};

class World {
 public:
  World(const Script& script, const Plan& plan, Played& played);

  // Not for Close.
  Answer perform(const Action& action);
  void ended(const Close& close);
  // Each action's deadline, asked for before it is performed.
  void deadline_is(const Action& action, Instant deadline);
  const Now& now() const { return now_; }

 private:
  enum class Open { none, download, upload };

  Answer operate(const Receive& receive);
  Answer operate(const Send& send);
  Answer operate(const SendFile& send);
  Answer operate(const Read& read);
  Answer operate(const Write& write);
  Answer operate(const Ask& ask);
  Answer operate(const CloseFile&);
  Answer operate(const ShutdownSend&);
  Answer operate(const Close&);

  StoreOutcome open(const Ask& ask);
  StoreOutcome create(const Ask& ask);
  StoreOutcome commit();
  StoreOutcome discard();

  void broken(const std::string& promise);
  void require(bool kept, const char* promise);
  Outcome fault_of(std::size_t wanted) const;
  std::size_t faulted(std::size_t wanted) const;
  bool at_fault() const { return played_.steps == plan_.fault_step && plan_.fault != Fault::none; }

  const Script& script_;
  const Plan& plan_;
  Played& played_;
  Now now_;
  Instant deadline_ = never;
  std::size_t received_ = 0;
  Open open_ = Open::none;
  std::string path_;
  std::string content_;  // of the open file
  bool shut_down_ = false;
};

FileInfo info_of(std::string_view path, std::string_view content);

}  // namespace overlap::test
