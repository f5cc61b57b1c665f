#include "service/commands/user_options.h"

#include "common/access/users.h"

namespace overlap::commands {
namespace {

constexpr char rules_help[] =
    "What the user may do at a path and below it: PREFIX=RIGHTS, such as /photos=list,read. RIGHTS "
    "are list, read, write and delete with commas between them, or all, or none. The longest "
    "PREFIX "
    "decides; none takes away what a shorter one grants. Nothing after the '=': the rule is "
    "removed";

class Options {
 public:
  Options(CLI::App& app, UserCommand& command)
      : to_(command), user_(*app.add_subcommand("user", "Show or change the file of users")) {
    user_.require_subcommand(1)->fallthrough();
    user_.footer(
        "They edit the file that users_file in section [access] of the configuration names. A\n"
        "running service sees a change within seconds.");
    add_add();
    add_passwd();
    verb(UserCommand::Verb::list, "list", "Show all users, what they may do, and their tokens");
    name(verb(UserCommand::Verb::remove, "remove", "Remove a user; the files stay"));
    CLI::App& allow = name(verb(UserCommand::Verb::allow, "allow", "Change what a user may do"));
    allow.add_option("RULES", to_.rules, rules_help)->required();
    CLI::App& token = name(verb(
        UserCommand::Verb::token, "token",
        "Make a bearer token, which a program can use in the place of a password, and print it"));
    token.add_option("--label", to_.label, "What it is for (default: token)")
        ->type_name("LABEL")
        ->default_str("token");
    CLI::App& revoke = name(verb(UserCommand::Verb::revoke, "revoke", "Make a token useless"));
    revoke.add_option("LABEL", to_.label, "The label of the token")->required();
  }

  CLI::App& user() const { return user_; }

 private:
  CLI::App& verb(UserCommand::Verb verb, const char* word, const char* help) {
    CLI::App& command = *user_.add_subcommand(word, help);
    command.fallthrough();
    command.callback([&to = to_, verb] {
      to.verb = verb;
      if (to.label.empty()) to.label = "token";
    });
    return command;
  }

  CLI::App& name(CLI::App& command) {
    command.add_option("NAME", to_.name, "The name of the user")->required();
    return command;
  }

  void add_password_stdin(CLI::App& command) {
    command.add_flag("--password-stdin", to_.password_stdin,
                     "Take the first line of standard input as the password, and do not ask");
  }

  void add_add() {
    CLI::App& add = name(verb(UserCommand::Verb::add, "add", "Add a user"));
    add.add_option("--home", to_.home, "A folder in which the user may do everything")
        ->type_name("PREFIX");
    add.add_option("--allow", to_.rules, rules_help)
        ->type_name("PREFIX=RIGHTS")
        ->allow_extra_args(false);
    add.add_option("--bytes-per-second", to_.bandwidth,
                   "What all connections of the user together may carry (default: no limit)")
        ->type_name("BYTES")
        ->check(CLI::Range(std::uint64_t{0}, access::bytes_per_second_limit_max));
    add_password_stdin(add);
    add.add_flag("--no-password", to_.without_password,
                 "For one who logs in by tokens or by a client certificate only")
        ->excludes("--password-stdin");
  }

  void add_passwd() {
    add_password_stdin(
        name(verb(UserCommand::Verb::passwd, "passwd", "Give a user another password")));
  }

  UserCommand& to_;
  CLI::App& user_;
};

}  // namespace

CLI::App& add_user_options(CLI::App& app, UserCommand& command) {
  return Options(app, command).user();
}

}  // namespace overlap::commands
