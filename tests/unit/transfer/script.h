// Drives one Session by a script: bytes that the peer sends, files in memory, and at most one step
// that goes wrong. Watches every action for the promises of common/transfer/action.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "common/transfer/session.h"
#include "tests/unit/transfer/fake_gate.h"
#include "tests/unit/transfer/requests.h"
#include "tests/unit/transfer/responses.h"

namespace overlap::test {

// What is done to the outcome of one step.
enum class Fault : std::uint8_t {
  none,
  error,         // refused, nothing transferred
  error_midway,  // half was transferred
  eof,           //
  cancelled,     // of a pause: it ends at once
  timeout,       // at the deadline, where the action has one
  shortened,     // ok, but only half (at least one byte) was transferred
  nothing,       // ok, and nothing was transferred
  locked,        // of a read: another program has locked those bytes
  no_space,      // the disk is full
  not_found,     // what follows is for the store, each as StoreError has it
  no_folder,
  is_folder,
  is_file,
  exists,
  not_empty,
  access_denied,
  in_use,
  name_too_long,
  condition_failed,
  changed,
  wrong_offset,
  wrong_length,
  wrong_digest,
  already_complete,
  upload_in_use,
  too_many,
  failed,
  login_wrong,  // what follows is for a log-in
  login_malformed,
  login_insecure,
  login_busy,
};
inline constexpr std::size_t faults = 32;
std::ostream& operator<<(std::ostream& out, Fault fault);

enum class AtEnd : std::uint8_t {
  closes,  // the peer shuts down its sending side when it has sent everything
  waits,   // the peer sends nothing more: every deadline passes
};

// An upload that is not finished, or was not long ago.
struct Unfinished {
  std::string path;
  std::string content;
  std::optional<std::uint64_t> length = {};
  std::string user = {};
  bool complete = false;
  std::string metadata = {};
  std::vector<protocol::Digest> digests = {};
  protocol::WriteCondition condition = {};
};

// Another program changes a file in place before a step.
struct ForeignWrite {
  std::size_t step = 0;
  std::string path;
  std::string content;
};

struct ScriptConfig {
  config::Limits limits;
  config::Timeouts timeouts;
  config::Uploads uploads;
  std::string realm = "Test";
};

struct Script {
  std::string input;
  std::map<std::string, std::string> files;  // before
  std::set<std::string> folders;             // before, besides the served folder itself
  std::set<std::string> unstable;            // files that another program has open for writing
  std::map<std::string, Unfinished> unfinished;
  std::set<std::string> held;  // of them, those that another connection never lets go
  // The complete bodies that may be stored.
  std::map<std::string, std::vector<std::string>> uploads;
  std::vector<ForeignWrite> foreign_writes;
  AtEnd at_end = AtEnd::closes;
  Session::Mode mode = Session::Mode::serve;
  bool strict_uploads = true;  // `uploads` lists all that may be stored
  ScriptConfig config = small_limits();
  GateScript gate;
  PeerInfo peer{"127.0.0.1:50000", "127.0.0.1", true, false, ""};
  // How fast the peer is, in bytes a second; 0: nothing that it does takes time.
  std::uint64_t peer_reads = 0;
  std::uint64_t peer_sends = 0;

  static ScriptConfig small_limits();
};

struct Plan {
  std::size_t piece_bytes = SIZE_MAX;  // what one receive brings at most
  std::size_t fault_step = SIZE_MAX;
  Fault fault = Fault::none;
  std::size_t drain_step = SIZE_MAX;  // from this step on the listener drains
};
std::ostream& operator<<(std::ostream& out, const Plan& plan);

struct Moved {
  Instant at{};
  std::size_t bytes = 0;
};

struct Played {
  std::string sent;
  std::vector<Response> responses;  // read from `sent`; 1xx included
  std::vector<RequestRecord> records;
  std::string trace;  // a letter a step: R receive, S send, F send file, r read, w write, L log in,
                      // P pause, x close file, H half-close, and of the store: o open, v verify,
                      // h digest, l list, c create, a append, k checkpoint, s suspend, C commit,
                      // D discard, q query, X cancel, m make folder, d remove, M move, y copy
  std::map<std::string, std::string> files;  // after
  std::set<std::string> folders;
  std::map<std::string, Unfinished> unfinished;
  CloseReason reason = CloseReason::finished;
  std::size_t steps = 0;
  std::size_t receives_into_most = 0;  // the largest span that was ever given to a receive
  std::vector<Moved> sends;
  std::vector<Moved> receives;
  Instant duration{};
  Instant paused{};  // of it
  std::vector<std::string>
      activities;  // told before each action, each change once; not with faults
  std::vector<std::string> violations;
};

SessionConfig config_of(const Script& script, access::Gate& gate);
Played play(const Script& script, const Plan& plan = {});

// Reports what went against a promise.
void expect_sound(const Script& script, const Plan& plan, const Played& played);

// The script whole, in pieces, and with every fault at every step. If it is
// one GET without Range, also as HEAD: the heads must be the same.
void play_every_way(const Script& script,
                    const std::vector<std::size_t>& pieces = {SIZE_MAX, 1, 2});

}  // namespace overlap::test
