// Commands that change something, and what they wait for.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <string>

#include "admin/ctl/commands.h"
#include "admin/ctl/failure.h"
#include "admin/ctl/text.h"
#include "admin/ctl/views.h"

namespace overlap::ctl {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 500ms;

std::string listener_target(const Context& context) {
  return "/api/v1/listeners/" + percent_encode(context.arguments.name);
}

Exit show_listener(const Context& context, const Answer& answer) {
  if (context.arguments.json)
    context.terminal.out(answer.body.ends_with('\n') ? answer.body : answer.body + "\n");
  else
    context.terminal.out(view_listener_line(Field(answer.json)));
  return Exit::done;
}

// Until `reached` says yes of the listener.
template <class Reached>
Exit wait_for(const Context& context, Answer answer, Reached reached) {
  const std::int64_t end =
      context.now_unix_ms() + std::int64_t{context.arguments.timeout_seconds} * 1000;
  while (context.arguments.wait && !reached(Field(answer.json))) {
    if (context.now_unix_ms() >= end || !context.terminal.wait(look_every)) {
      show_listener(context, answer);
      throw Failure(Exit::timeout, "This was not complete within " +
                                       std::to_string(context.arguments.timeout_seconds) +
                                       " s; it goes on.");
    }
    answer = context.api.get(listener_target(context));
  }
  return show_listener(context, answer);
}

Exit change_phase(const Context& context, const char* action, const char* phase) {
  return wait_for(context, context.api.post(listener_target(context) + "/" + action),
                  [phase](Field listener) { return listener["state"].text() == phase; });
}

Exit switch_model(const Context& context) {
  const boost::json::object body{{"model", context.arguments.model}};
  return wait_for(
      context, context.api.post(listener_target(context) + "/model", boost::json::serialize(body)),
      [](Field listener) { return listener["former_models"].items().empty(); });
}

Exit reload(const Context& context) {
  const Answer answer = context.api.post("/api/v1/config/reload");
  if (context.arguments.json) {
    context.terminal.out(answer.body.ends_with('\n') ? answer.body : answer.body + "\n");
    return Exit::done;
  }
  const auto changed = Field(answer.json)["changed"].items();
  std::string text = changed.empty() ? "The configuration was read again; nothing has changed.\n"
                                     : "The configuration was read again. Changed:\n";
  for (const Field key : changed) text += "  " + printable(key.text()) + "\n";
  context.terminal.out(text);
  return Exit::done;
}

Exit remove(const Context& context, const char* collection, const char* done) {
  const std::string& name = context.arguments.name;
  context.api.del(std::string(collection) + percent_encode(name));
  if (!context.arguments.json) context.terminal.out(printable(name) + done);
  return Exit::done;
}

}  // namespace

Exit run_change(const Context& context) {
  switch (context.arguments.verb) {
    case Verb::pause: return change_phase(context, "pause", "paused");
    case Verb::resume: return change_phase(context, "resume", "running");
    case Verb::drain: return change_phase(context, "drain", "drained");
    case Verb::switch_model: return switch_model(context);
    case Verb::reload: return reload(context);
    case Verb::close: return remove(context, "/api/v1/connections/", " was closed.\n");
    default: return remove(context, "/api/v1/uploads/", " was deleted.\n");
  }
}

}  // namespace overlap::ctl
