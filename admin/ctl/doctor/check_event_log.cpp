// Whether Event Viewer can show what the service says, and when it last said something.
#include "admin/ctl/doctor/check.h"
#include "admin/ctl/units.h"

namespace overlap::ctl::doctor {
namespace {

Result judge_messages(const Case& of) {
  Result result{"event_log.messages", "texts of the events", State::ok, {}, {}};
  const Messages messages = of.machine.messages();
  if (messages.file.empty()) {
    result.found =
        "The source \"Overlap\" names no file: Event Viewer shows numbers for sentences.";
  } else if (!of.machine.exists(messages.file)) {
    result.found = "There is no " + messages.file + ", which the source \"Overlap\" names.";
  } else if (messages.text.empty()) {
    result.found = messages.file + ", which the source \"Overlap\" names, has no text for event 1.";
  } else {
    result.found = messages.file + " has them: \"" + messages.text + "\"";
    return result;
  }
  result.state = State::failed;
  result.mend = {install_command(of)};
  return result;
}

Result judge_last(const Case& of) {
  Result result{"event_log.last", "last event", State::ok, {}, {}};
  const auto last = of.machine.last_event();
  if (!last)
    result.found = "The Application log has no event of the source \"Overlap\".";
  else
    result.found = "Event " + std::to_string(last->id) + ", " +
                   show_seconds(static_cast<double>(of.now_unix_ms - last->unix_ms) / 1000) +
                   " ago.";
  return result;
}

}  // namespace

std::vector<Result> check_event_log(const Case& of) {
  std::vector<Result> results;
  const auto add = [&](const char* id, const char* title, Result (*judge)(const Case&)) {
    try {
      results.push_back(judge(of));
    } catch (const NotKnown& reason) {
      results.push_back({id, title, State::skipped, std::string(reason.what()) + ".", {}});
    }
  };
  add("event_log.messages", "texts of the events", &judge_messages);
  add("event_log.last", "last event", &judge_last);
  return results;
}

}  // namespace overlap::ctl::doctor
