#include "admin/ctl/arguments.h"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

#include "common/config/config.h"
#include "common/management/journal.h"
#include "common/management/state.h"
#include "common/version.h"

namespace overlap::ctl {
namespace {

constexpr char description[] =
    "Looks at and directs the Overlap service on this machine, or on another one with --url.";

constexpr char footer[] =
    "Exit status: 0 done, 1 the command line or a configuration is not valid, 6 failed,\n"
    "7 refused: not in this state, 8 nothing answers, 9 the token or the rights do not suffice,\n"
    "10 not found, 11 busy: try again, 12 not within the time that was given,\n"
    "13 and 14 of doctor: warnings alone, something is wrong.";

template <class Names>
CLI::Validator one_of(const Names& names) {
  return CLI::IsMember(std::vector<std::string>(names.begin(), names.end())).description("");
}

class Tree {
 public:
  Tree(CLI::App& app, Arguments& arguments) : app_(app), to_(arguments) {}

  void add() {
    add_place();
    add_readings();
    add_lists();
    add_changes();
    add_rest();
  }

 private:
  CLI::App& verb(Verb verb, const char* word, const char* help, CLI::App* parent = nullptr) {
    CLI::App& command = *(parent ? parent : &app_)->add_subcommand(word, help);
    command.fallthrough();
    command.callback([&to = to_, verb] { to.verb = verb; });
    return command;
  }

  static CLI::Option* text(CLI::App& command, const char* name, std::string& to, const char* type,
                           const char* help) {
    return command.add_option(name, to, help)->type_name(type);
  }

  void add_place() {
    text(app_, "--url", to_.url, "URL",
         "Where the service is managed (default: OVERLAP_URL, or what the configuration says)");
    CLI::Option* const file =
        text(app_, "--token-file", to_.token_file, "FILE",
             "The file with the administrators' token (default: OVERLAP_TOKEN is "
             "the token, or the file that the configuration names)");
    app_.add_flag("--token-stdin", to_.token_stdin, "The token is the first line of standard input")
        ->excludes(file);
    text(app_, "--ca", to_.ca_file, "FILE",
         "Certificates (PEM) that an https endpoint is trusted by (default: the certificate that "
         "the configuration names)");
    text(app_, "--config", to_.config_file, "FILE",
         "The configuration of the service (default: %ProgramData%\\Overlap\\overlap.toml)");
    app_.add_flag("--json", to_.json, "Print what the service answers, for programs");
    app_.set_version_flag("--version", std::string("overlapctl ") + program_version,
                          "Print the version");
  }

  void add_readings() {
    verb(Verb::status, "status", "Show how the service is");
    text(verb(Verb::models, "models", "Show what the I/O models do"), "NAME", to_.name, "MODEL",
         "One model, in detail");
    CLI::App& top = verb(Verb::top, "top",
                         "Watch the service; keys: q quit, p pause, s sort transfers, r reverse");
    top.add_flag("--once", to_.once, "Print one picture and end");
    verb(Verb::listeners, "listeners", "Show the listeners")
        .add_option("NAME", to_.name, "One listener")
        ->type_name("LISTENER");
    verb(Verb::findings, "findings", "Show what stands out in the statistics, and what to do");
    CLI::App& events = verb(Verb::events, "events", "Show the newest records of the log");
    events.add_flag("--follow,-f", to_.follow, "Go on with records as they come, until Ctrl-C");
    text(events, "--severity", to_.severity, "SEVERITY", "The least one that is shown")
        ->check(one_of(config::severity_names));
    limit(events, "Records to begin with (default: 50)");
  }

  void limit(CLI::App& command, const char* help) {
    command.add_option("--limit", to_.limit, help)
        ->type_name("NUMBER")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1000}));
  }

  void filters(CLI::App& command) {
    text(command, "--listener", to_.listener, "LISTENER", "Of that listener");
    text(command, "--model", to_.model, "MODEL", "On that I/O model")
        ->check(one_of(config::model_names));
    command.add_option("--user", to_.user, "Of that user; '' for those who gave no name")
        ->type_name("USER");
  }

  void pages(CLI::App& command) {
    limit(command, "How many are asked for at once (default: 100)");
    CLI::Option* const after =
        text(command, "--after", to_.after, "ID", "Go on behind that one, as the last page says");
    command.add_flag("--all", to_.all, "All pages")->excludes(after);
  }

  void add_lists() {
    CLI::App& connections = verb(Verb::connections, "connections", "Show open connections");
    filters(connections);
    text(connections, "--state", to_.state, "STATE", "In that state")
        ->check(one_of(management::connection_phase_names));
    text(connections, "--peer", to_.peer, "ADDRESS", "Whose address begins with that");
    pages(connections);

    CLI::App& transfers = verb(Verb::transfers, "transfers", "Show running or finished transfers");
    CLI::Option& live =
        *transfers.add_flag("--live", to_.live, "Those that are under way (the default)");
    CLI::Option& finished =
        *transfers.add_flag("--finished", to_.finished, "From the journal, the newest first");
    finished.excludes(&live);
    filters(transfers);
    text(transfers, "--path", to_.path, "PATH", "Of that path; with a '/' at its end, below it");
    constexpr char moment[] = "TIME";
    for (CLI::Option* option :
         {text(transfers, "--since", to_.since, moment,
               "Ended then or later: 2026-01-31T12:00:00Z, 2026-01-31, or 15m, 2h, 7d ago"),
          text(transfers, "--until", to_.until, moment, "Ended before then"),
          text(transfers, "--method", to_.method, "METHOD", "With that method"),
          text(transfers, "--result", to_.result, "RESULT", "That ended so")
              ->check(one_of(management::transfer_result_names)),
          transfers.add_flag("--follow,-f", to_.follow, "Go on as they end, until Ctrl-C")})
      option->needs(&finished);
    pages(transfers);
    pages(verb(Verb::uploads, "uploads", "Show uploads that can be resumed"));
  }

  void wait(CLI::App& command, const char* help) {
    CLI::Option& flag = *command.add_flag("--wait", to_.wait, help);
    command.add_option("--timeout", to_.timeout_seconds, "How long to wait")
        ->type_name("SECONDS")
        ->capture_default_str()
        ->needs(&flag);
  }

  CLI::App& of_listener(CLI::App& command) {
    text(command, "LISTENER", to_.name, "LISTENER", "Its name")->required();
    return command;
  }

  void add_changes() {
    wait(of_listener(verb(Verb::pause, "pause", "Answer new connections with 503")),
         "Until it is paused");
    wait(of_listener(verb(Verb::resume, "resume", "Accept again, after a pause or a drain")),
         "Until it is running");
    wait(of_listener(verb(Verb::drain, "drain", "Close the port and let transfers finish")),
         "Until the last connection has ended");
    CLI::App& move = of_listener(verb(Verb::switch_model, "switch-model",
                                      "Carry new connections of a listener by another I/O model"));
    text(move, "MODEL", to_.model, "MODEL", "The new model")
        ->required()
        ->check(one_of(config::model_names));
    wait(move, "Until no connection is left on the old model");
    verb(Verb::reload, "reload", "Read the configuration again; apply all of it or nothing");
    text(verb(Verb::close, "close", "Cut a connection off"), "CONNECTION", to_.name, "CONNECTION",
         "Its number, as overlapctl connections shows it")
        ->required();
    text(verb(Verb::delete_upload, "delete-upload", "Delete an unfinished upload"), "ID", to_.name,
         "UPLOAD", "As overlapctl uploads shows it")
        ->required();
  }

  void add_rest() {
    CLI::App& config = *app_.add_subcommand("config", "Check or show the configuration");
    config.require_subcommand(1)->fallthrough();
    text(verb(Verb::config_check, "check", "Check a file without the service", &config), "FILE",
         to_.name, "FILE", "Default: the configuration of the service");
    verb(Verb::config_show, "show", "Show what is in effect", &config);
    verb(Verb::dashboard, "dashboard", "Print the address of the dashboard, with the token");
    CLI::App& token = *app_.add_subcommand("token", "Show or replace the administrators' token");
    token.require_subcommand(1)->fallthrough();
    verb(Verb::token_show, "show", "Print the token", &token);
    CLI::App& doctor =
        verb(Verb::doctor, "doctor", "Look for what is wrong on this machine, and how to mend it");
    CLI::Option* const quick =
        doctor.add_flag("--quick", to_.quick, "Without the conformance suite, which takes minutes");
    text(doctor, "--model", to_.model, "MODEL", "The conformance suite of that I/O model alone")
        ->check(one_of(config::model_names))
        ->excludes(quick);
    verb(Verb::version, "version", "Print the versions of overlapctl and of the service");
    verb(Verb::completion, "completion", "Print what makes a shell complete commands")
        .add_option("SHELL", to_.name, "powershell")
        ->type_name("SHELL")
        ->required()
        ->check(CLI::IsMember(std::vector<std::string>{"powershell"}).description(""));
    CLI::App& complete = verb(Verb::complete, "complete", "");
    complete.group("");  // hidden: for the script of `completion`
    complete.add_flag("--next", to_.next_word, "");
    complete.add_option("WORDS", to_.words, "");
  }

  CLI::App& app_;
  Arguments& to_;
};

}  // namespace

std::unique_ptr<CLI::App> make_command_tree(Arguments& arguments, LocalCommands* local) {
  auto app = std::make_unique<CLI::App>(description, "overlapctl");
  app->footer(footer);
  app->allow_windows_style_options(false);  // "/photos=read" is a value
  app->require_subcommand(1);
  app->set_help_all_flag("--help-all", "Help on every command");
  Tree(*app, arguments).add();
  if (local) local->add_to(*app, arguments);
  return app;
}

std::optional<Exit> parse(CLI::App& app, std::vector<std::string> words,
                          const std::function<void(std::string_view)>& out,
                          const std::function<void(std::string_view)>& err) {
  try {
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    app.parse(std::move(words));
    return std::nullopt;
  } catch (const CLI::Success& help_or_version) {
    std::ostringstream text;
    app.exit(help_or_version, text, text);
    out(text.str());
    return Exit::done;
  } catch (const CLI::ParseError& error) {
    err(std::string("The command line is not understood: ") + error.what() +
        ". See overlapctl --help.\n");
    return Exit::not_valid;
  }
}

}  // namespace overlap::ctl
