// What those who manage the service can have it do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/config/config.h"

namespace overlap::management {

// New connections are answered with 503; those that are open go on.
struct PauseListener {
  std::string listener;
};
// Accepts again, after a pause or a drain.
struct ResumeListener {
  std::string listener;
};
// Gives the port up, closes idle connections and lets requests under way finish.
struct DrainListener {
  std::string listener;
};
// New connections go to the new model; those that are open stay with the old one until they end.
struct SwitchModel {
  std::string listener;
  config::ModelName model{};
};
// Reads the configuration again and applies all of it, or changes nothing.
struct ReloadConfig {};
struct CloseConnection {
  std::uint64_t id = 0;
};
// Deletes an unfinished upload; who writes to it is cut off.
struct DeleteUpload {
  std::string id;
};
using Command = std::variant<PauseListener, ResumeListener, DrainListener, SwitchModel,
                             ReloadConfig, CloseConnection, DeleteUpload>;

enum class CommandStatus : std::uint8_t {
  done,       // also if there was nothing to do
  not_found,  // no listener, connection or upload of that name
  invalid,    // the configuration is not valid: `problems`
  conflict,   // not in this state, or not without a restart: `detail`, and `problems` if several
  failed,     // Windows refuses: `detail`
  busy,       // others are waiting already, or this one was not reached in time: it was not begun
  stopping,   // the service is about to end
};

struct CommandResult {
  CommandStatus status = CommandStatus::done;
  std::string detail;                 // a sentence; empty if done
  std::vector<std::string> problems;  // one sentence each
  std::vector<std::string> changed;   // of a reload: the keys whose values have changed
};

// An attempt to change something, or to read without permission: for the audit.
struct AuditRecord {
  std::string peer;      // address and port
  std::string action;    // "POST /api/v1/config/reload"
  int status = 0;        // of the answer
  std::string detail;    // why it was refused; empty if it was done
  bool admitted = true;  // false: refused before it was known that the token is right
};

// Thread-safe. Commands are carried out one after another, in the order in which they came.
class Commands {
 public:
  virtual ~Commands() = default;

  // Returns when it is done or refused. One that has not begun within some seconds is withdrawn
  // (busy); one that has is waited for.
  virtual CommandResult run(const Command& command) = 0;
  // Never fails. Without memory for it a record is lost.
  virtual void audit(const AuditRecord& record) noexcept = 0;
  // Whether `token` is the one that the service has given to its administrators; compared in
  // constant time. Any thread.
  virtual bool admits(std::string_view token) const noexcept = 0;
};

}  // namespace overlap::management
