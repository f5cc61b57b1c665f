#include "admin/ctl/commands.h"

#include <string>

#include "admin/ctl/failure.h"
#include "admin/ctl/text.h"
#include "admin/ctl/top.h"
#include "admin/ctl/views.h"
#include "common/version.h"

namespace overlap::ctl {
namespace {

// As the service has sent it.
Exit print_json(const Context& context, const Answer& answer) {
  context.terminal.out(answer.body);
  if (!answer.body.ends_with('\n')) context.terminal.out("\n");
  return Exit::done;
}

template <class View>
Exit show(const Context& context, const std::string& target, View view) {
  const Answer answer = context.api.get(target);
  if (context.arguments.json) return print_json(context, answer);
  context.terminal.out(view(Field(answer.json)));
  return Exit::done;
}

Exit show_status(const Context& context) {
  const Answer service = context.api.get("/api/v1/service");
  if (context.arguments.json) return print_json(context, service);
  const Answer listeners = context.api.get("/api/v1/listeners");
  const Answer findings = context.api.get("/api/v1/findings");
  context.terminal.out(view_status(Field(service.json), Field(listeners.json), Field(findings.json),
                                   context.terminal.layout()));
  return Exit::done;
}

Exit show_listeners(const Context& context) {
  const Layout layout = context.terminal.layout();
  if (context.arguments.name.empty())
    return show(context, "/api/v1/listeners",
                [&](Field answer) { return view_listeners(answer, layout); });
  return show(context, "/api/v1/listeners/" + percent_encode(context.arguments.name),
              [](Field answer) { return view_listener_line(answer); });
}

Exit show_models(const Context& context) {
  const Layout layout = context.terminal.layout();
  if (context.arguments.name.empty())
    return show(context, "/api/v1/models",
                [&](Field answer) { return view_models(answer, layout); });
  return show(context, "/api/v1/models/" + percent_encode(context.arguments.name),
              [&](Field answer) { return view_model(answer, layout); });
}

Exit show_version(const Context& context) {
  if (!context.arguments.json)
    context.terminal.out(std::string("overlapctl ") + program_version + "\n");
  return show(context, "/version", [&](Field answer) {
    return printable(answer["name"].text_or_dash() + " " + answer["version"].text_or_dash() +
                     " at " + context.api.endpoint().url) +
           "\n";
  });
}

}  // namespace

Exit run_reading(const Context& context) {
  const Layout layout = context.terminal.layout();
  switch (context.arguments.verb) {
    case Verb::status: return show_status(context);
    case Verb::models: return show_models(context);
    case Verb::listeners: return show_listeners(context);
    case Verb::findings:
      return show(context, "/api/v1/findings",
                  [&](Field answer) { return view_findings(answer, layout); });
    case Verb::config_show:
      return show(context, "/api/v1/config", [](Field answer) { return view_config(answer); });
    default: return show_version(context);
  }
}

Exit run_command(const Context& context) {
  switch (context.arguments.verb) {
    case Verb::top:
      if (context.arguments.json)
        throw Failure(Exit::not_valid, "top has no --json: read /api/v1/stream instead.");
      return run_top(context.api.client(), context.terminal, context.api.endpoint().url,
                     context.arguments.once,
                     [&](const Response& response) { context.api.refuse(response); });
    case Verb::connections:
    case Verb::uploads: return run_listing(context);
    case Verb::transfers:
      return context.arguments.follow ? run_follow_transfers(context) : run_listing(context);
    case Verb::events: return run_events(context);
    case Verb::pause:
    case Verb::resume:
    case Verb::drain:
    case Verb::switch_model:
    case Verb::reload:
    case Verb::close:
    case Verb::delete_upload: return run_change(context);
    default: return run_reading(context);
  }
}

}  // namespace overlap::ctl
