// Drives one Session by a script: bytes that the peer sends, files in memory, and at most one step
// that goes wrong. Watches every action for the promises of common/transfer/action.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "common/transfer/session.h"

namespace overlap::test {

// What is done to the outcome of one step.
enum class Fault : std::uint8_t {
  none,
  error,         // refused, nothing transferred
  error_midway,  // half was transferred
  eof,           //
  cancelled,     //
  timeout,       // at the deadline, where the action has one
  shortened,     // ok, but only half (at least one byte) was transferred
  nothing,       // ok, and nothing was transferred
  no_space,      // the disk is full
  not_found,     // what follows is for the store
  is_folder,
  access_denied,
  in_use,
  name_too_long,
  failed,
};
inline constexpr std::size_t faults = 15;
std::ostream& operator<<(std::ostream& out, Fault fault);

enum class AtEnd : std::uint8_t {
  closes,  // the peer shuts down its sending side when it has sent everything
  waits,   // the peer sends nothing more: every deadline passes
};

struct Script {
  std::string input;
  std::map<std::string, std::string> files;  // before
  std::map<std::string, std::vector<std::string>>
      uploads;  // the complete bodies that may be stored
  AtEnd at_end = AtEnd::closes;
  Session::Mode mode = Session::Mode::serve;
  bool strict_uploads = true;  // `uploads` lists all that may be stored
  SessionConfig config = small_limits();

  static SessionConfig small_limits();
};

struct Plan {
  std::size_t piece_bytes = SIZE_MAX;  // what one receive brings at most
  std::size_t fault_step = SIZE_MAX;
  Fault fault = Fault::none;
  std::size_t drain_step = SIZE_MAX;  // from this step on the listener drains
};
std::ostream& operator<<(std::ostream& out, const Plan& plan);

struct Response {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool complete = false;
};

struct Played {
  std::string sent;
  std::vector<Response> responses;  // read from `sent`; 100 included
  std::vector<RequestRecord> records;
  std::string trace;  // one letter a step: R receive, S send, F send file, r read, w write,
                      // o open, c create, C commit, D discard, x close file, H half-close
  std::map<std::string, std::string> files;  // after
  CloseReason reason = CloseReason::finished;
  std::size_t steps = 0;
  std::size_t receives_into_most = 0;  // the largest span that was ever given to a receive
  std::vector<std::string> violations;
};

Played play(const Script& script, const Plan& plan = {});

// Reports what went against a promise.
void expect_sound(const Script& script, const Plan& plan, const Played& played);

// The script whole, in pieces of one and of two bytes, and with every fault at every step.
void play_every_way(const Script& script);

}  // namespace overlap::test
