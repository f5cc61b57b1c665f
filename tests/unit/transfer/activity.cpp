#include "tests/unit/transfer/activity.h"

namespace overlap::test {
namespace {

bool may_be(ConnectionPhase phase, const Action& action, bool idle) {
  using Phase = ConnectionPhase;
  if (std::holds_alternative<Receive>(action)) {
    if (idle) return phase == Phase::idle;
    // Idle: between requests, when an empty line has come.
    return phase == Phase::idle || phase == Phase::receiving_head ||
           phase == Phase::receiving_body || phase == Phase::closing;
  }
  if (std::holds_alternative<Send>(action) || std::holds_alternative<SendFile>(action))
    return phase == Phase::sending;
  if (std::holds_alternative<Pause>(action)) return phase == Phase::pausing;
  if (std::holds_alternative<Close>(action) || std::holds_alternative<ShutdownSend>(action))
    return phase == Phase::closing;
  return phase == Phase::working;
}

std::uint64_t moved(const Activity& activity) {
  return activity.direction == Direction::upload ? activity.request->body_bytes_received
                                                 : activity.request->body_bytes_sent;
}

std::string name_of(ConnectionPhase phase) {
  return std::string(connection_phase_names[static_cast<std::size_t>(phase)]);
}

}  // namespace

void ActivityWatch::look(const Action& action, const Activity& activity, bool idle,
                         std::vector<std::string>& violations) {
  if (!may_be(activity.phase, action, idle))
    violations.push_back("a session says what it does, and not: " + describe(activity));
  if (!activity.request) {
    bytes_ = 0;
    return;
  }
  if (activity.phase == ConnectionPhase::idle)
    violations.emplace_back("an idle session has no request");
  if (since_ != activity.request_since) bytes_ = 0;
  since_ = activity.request_since;
  if (moved(activity) < bytes_) violations.emplace_back("progress does not go back");
  bytes_ = moved(activity);
  if (activity.bytes_total && bytes_ > *activity.bytes_total)
    violations.push_back("no more is moved than there is: " + describe(activity));
}

std::string describe(const Activity& activity) {
  std::string text = name_of(activity.phase);
  if (!activity.request) return text;
  text += ' ' + std::string(direction_names[static_cast<std::size_t>(activity.direction)]) + ' ' +
          std::to_string(moved(activity)) + '/';
  return text + (activity.bytes_total ? std::to_string(*activity.bytes_total) : "?");
}

}  // namespace overlap::test
