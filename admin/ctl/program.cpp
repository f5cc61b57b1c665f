#include "admin/ctl/program.h"

#include <exception>
#include <utility>

#include "admin/ctl/commands.h"
#include "admin/ctl/complete.h"
#include "admin/ctl/doctor/examine.h"
#include "admin/ctl/failure.h"
#include "admin/ctl/field.h"
#include "admin/ctl/text.h"

namespace overlap::ctl {
namespace {

Exit check_config(const Arguments& arguments, const Program& program) {
  const std::string file =
      arguments.name.empty() ? config_file_of(arguments, program.surroundings) : arguments.name;
  read_config(file, program.surroundings);
  program.terminal.out(printable(file) + " is valid.\n");
  return Exit::done;
}

Exit show_dashboard(const Arguments& arguments, const Program& program) {
  const Endpoint endpoint = find_endpoint(arguments, program.surroundings);
  if (endpoint.token.empty()) {
    program.terminal.err("Without the token, as there is none: " + endpoint.token_origin + "\n");
    program.terminal.out(endpoint.url + "/\n");
  } else {
    // The part behind '#' stays in the browser: no server and no log sees it.
    program.terminal.out(endpoint.url + "/#token=" + percent_encode(endpoint.token) + "\n");
  }
  return Exit::done;
}

Exit show_token(const Arguments& arguments, const Program& program) {
  const Endpoint endpoint = find_endpoint(arguments, program.surroundings);
  if (endpoint.token.empty()) throw Failure(Exit::denied, endpoint.token_origin);
  program.terminal.out(printable(endpoint.token) + "\n");
  return Exit::done;
}

// Names that the service knows; whoever presses the Tab key wants no complaints.
std::vector<std::string> live_names(std::string_view kind, const Arguments& arguments,
                                    const Program& program) {
  std::vector<std::string> names;
  try {
    const Endpoint endpoint = find_endpoint(arguments, program.surroundings);
    const auto client = program.connect(endpoint);
    Api api(*client, endpoint);
    const bool listeners = kind == "LISTENER";
    const bool uploads = kind == "UPLOAD";
    const char* collection = listeners ? "listeners" : uploads ? "uploads" : "connections";
    const Answer answer = api.get(std::string("/api/v1/") + collection);
    for (const Field item : Field(answer.json)[collection].items())
      names.push_back(item[listeners ? "name" : "id"].text());
  } catch (const std::exception&) {
    names.clear();
  }
  return names;
}

Exit complete_words(const Arguments& arguments, const Program& program) {
  std::vector<std::string> words = arguments.words;
  if (arguments.next_word || words.empty()) words.emplace_back();
  // The options of the line that is completed say where the service is.
  Arguments completed;
  const auto app = make_command_tree(completed, program.local);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "--url") completed.url = words[i + 1];
    if (words[i] == "--config") completed.config_file = words[i + 1];
    if (words[i] == "--token-file") completed.token_file = words[i + 1];
    if (words[i] == "--ca") completed.ca_file = words[i + 1];
  }
  program.terminal.out(describe(complete(
      *app, words, [&](std::string_view kind) { return live_names(kind, completed, program); })));
  return Exit::done;
}

Exit carry_out(const Arguments& arguments, const Program& program) {
  switch (arguments.verb) {
    case Verb::config_check: return check_config(arguments, program);
    case Verb::dashboard: return show_dashboard(arguments, program);
    case Verb::token_show: return show_token(arguments, program);
    case Verb::doctor: return doctor::examine(arguments, program);
    case Verb::complete: return complete_words(arguments, program);
    case Verb::completion: program.terminal.out(powershell_script()); return Exit::done;
    case Verb::local: return program.local->run(arguments);
    default: break;
  }
  const Endpoint endpoint = find_endpoint(arguments, program.surroundings);
  const auto client = program.connect(endpoint);
  Api api(*client, endpoint);
  return run_command({arguments, api, program.terminal, program.now_unix_ms});
}

}  // namespace

Exit run_program(std::vector<std::string> words, const Program& program) {
  Terminal& terminal = program.terminal;
  try {
    Arguments arguments;
    const auto app = make_command_tree(arguments, program.local);
    const auto done = parse(
        *app, std::move(words), [&](std::string_view text) { terminal.out(text); },
        [&](std::string_view text) {
          terminal.err(printable(text.substr(0, text.size() - 1)) + "\n");
        });
    return done ? *done : carry_out(arguments, program);
  } catch (const Failure& failure) {
    terminal.err(std::string(failure.what()) + "\n");
    return failure.code();
  } catch (const NoAnswer& failure) {
    terminal.err(printable(failure.what()) + "\n");
    return Exit::no_answer;
  } catch (const std::exception& error) {
    terminal.err("overlapctl has failed: " + printable(error.what()) + ".\n");
    return Exit::failed;
  }
}

}  // namespace overlap::ctl
