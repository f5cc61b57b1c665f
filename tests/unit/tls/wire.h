// Performs the actions of a TlsLayer against a Client: what a connection and its I/O model do, with
// bytes cut as a test wants them and at most one step that goes wrong.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/tls/layer.h"
#include "tests/unit/tls/client.h"
#include "tests/unit/tls/scripted.h"

namespace overlap::test {

struct WirePlan {
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  std::size_t receive_bytes_max = unlimited;  // what one step moves
  std::size_t send_bytes_max = unlimited;
  std::size_t read_bytes_max = unlimited;
  std::size_t fault_step = unlimited;  // counted from 0
  std::optional<Outcome> fault{};      // its bytes: how many of those that were wanted, at most
  std::string file{};                  // the open file
  bool eof_when_silent = true;         // the client has nothing more: end of file; else it stops
};

class Wire {
 public:
  Wire(std::shared_ptr<const TlsContext> context, Client& client, WirePlan plan);
  // Around a conversation of one's own: no inner().
  Wire(std::shared_ptr<const TlsContext> context, Client& client, WirePlan plan,
       std::unique_ptr<Conversation> inner);

  Scripted& inner() { return *inner_; }  // valid as long as the wire
  TlsLayer& layer() { return *layer_; }

  // Until Close, or until a Receive finds nothing and the plan says to stop. Broken promises are
  // failures of the running test.
  void run();
  // Puts bytes of the wire's own in front of what the client sends.
  void inject(std::string bytes) { to_server_ += bytes; }
  void fail_next(const Outcome& fault) {
    plan_.fault_step = steps;
    plan_.fault = fault;
  }
  void damage_next_receive() { damage_ = true; }

  // What answers Ask; may set `file`. Without it an answer that is recognised by its number.
  std::function<StoreOutcome(const Ask&)> store;
  std::string file;  // the open one: read and written

  std::optional<CloseReason> closed;
  bool shut_down = false;
  bool waiting = false;  // stopped in a Receive
  std::size_t steps = 0;
  std::string
      letters;  // R receive, S send, r read, a ask, p pause, l log in, c close file, D shut down
  std::size_t receive_room = 0;  // of the last Receive
  std::string plain;             // what the server sent, as it was on the wire
  std::vector<std::string> records;
  PeerInfo peer;
  Now now{std::chrono::seconds(10), test_unix_seconds, false};

 private:
  void step(Action& action);
  Outcome perform(const Receive& receive);
  Outcome perform(const Send& send);
  Outcome perform(const Read& read);
  Outcome perform(const Write& write);
  std::optional<Outcome> fault_of(std::size_t wanted);
  void note_record();

  Client& client_;
  WirePlan plan_;
  Scripted* inner_ = nullptr;
  config::Timeouts timeouts_;
  std::unique_ptr<TlsLayer> layer_;
  std::optional<Action> action_;
  std::string to_server_;
  bool damage_ = false;
};

}  // namespace overlap::test
