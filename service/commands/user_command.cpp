#include "service/commands/user_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <system_error>

#include "common/access/name_fold.h"
#include "common/access/rule_text.h"
#include "common/access/token.h"
#include "common/path/utf.h"
#include "common/protocol/authorization.h"

namespace overlap::commands {
namespace {

using access::Rule;
using access::UserRecord;
using Users = std::vector<UserRecord>;

// Thrown with a sentence: the command fits, but not to what is there.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

Users::iterator find(Users& users, const std::string& name) {
  return std::find_if(users.begin(), users.end(),
                      [&](const UserRecord& user) { return user.name == name; });
}

UserRecord& user_named(Users& users, const std::string& name) {
  const auto found = find(users, name);
  if (found == users.end()) throw Refused("There is no user " + quoted(name) + ".");
  return *found;
}

std::string prefix_of(std::string_view text) {
  access::PrefixText parsed = access::parse_prefix(text);
  if (!parsed.problem.empty())
    throw NotValid(quoted(text) + " names no file or folder: " + parsed.problem + ".");
  return std::move(parsed.prefix);
}

bool same_prefix(const std::string& a, const std::string& b) {
  return access::contains(a, b) == access::Containment::certain &&
         access::contains(b, a) == access::Containment::certain;
}

// "PREFIX=RIGHTS"; a prefix may hold a '=' too. No rights at all: the rule is to go.
struct Change {
  std::string prefix;
  std::optional<access::Rights> rights;
};
Change parse_rule(const std::string& text) {
  const std::size_t sign = text.rfind('=');
  const std::string rights = sign == std::string::npos ? "" : text.substr(sign + 1);
  Change change;
  if (sign == std::string::npos ||
      (!rights.empty() && !(change.rights = access::parse_rights(rights))))
    throw NotValid(quoted(text) +
                   " is no rule: write PREFIX=RIGHTS, such as /photos=list,read, with RIGHTS of "
                   "list, read, write, delete, or all, or none.");
  change.prefix = prefix_of(std::string_view(text).substr(0, sign));
  return change;
}

void apply(UserRecord& user, const std::vector<std::string>& rules) {
  for (const std::string& text : rules) {
    Change change = parse_rule(text);
    if (user.home && same_prefix(*user.home, change.prefix))
      throw NotValid(access::describe_prefix(change.prefix) +
                     " is the home of the user, who may do everything there.");
    std::erase_if(user.rules,
                  [&](const Rule& rule) { return same_prefix(rule.prefix, change.prefix); });
    if (change.rights) user.rules.push_back({std::move(change.prefix), *change.rights});
  }
  if (user.rules.size() > access::rules_per_user_max)
    throw NotValid("A user has at most " + std::to_string(access::rules_per_user_max) + " rules.");
}

std::string date(std::int64_t unix_seconds) {
  using namespace std::chrono;
  const year_month_day day{floor<days>(sys_seconds{seconds(unix_seconds)})};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text.data();
}

void list(const Users& users, const Dialogue& dialogue) {
  for (const UserRecord& user : users) {
    std::string text = user.name + (user.password ? "\tpassword" : "\tno password");
    for (const Rule& rule : user.all_rules())
      text += '\t' + access::describe_prefix(rule.prefix) + '=' + describe(rule.rights);
    if (user.bytes_per_second_max != 0)
      text += '\t' + std::to_string(user.bytes_per_second_max) + " bytes/s";
    dialogue.print(text);
    for (const access::TokenRecord& token : user.tokens)
      dialogue.print("\ttoken " + quoted(token.label) + " of " + date(token.created_unix_seconds));
  }
}

UserRecord new_user(const UserCommand& command, const Dialogue& dialogue) {
  UserRecord user;
  user.name = command.name;
  if (const std::string problem = access::check_user_name(user.name); !problem.empty())
    throw NotValid("The name " + problem + ".");
  if (command.home) user.home = prefix_of(*command.home);
  apply(user, command.rules);
  user.bytes_per_second_max = command.bandwidth.value_or(0);
  if (!command.without_password)
    user.password = access::PasswordHash::make(dialogue.new_password());
  return user;
}

void add(const UserCommand& command, const access::UsersFile& file, const Dialogue& dialogue) {
  // Asked for before the file is held: a person takes their time, and others may want it.
  if (Users users = file.read(); find(users, command.name) != users.end())
    throw Refused("There is a user " + quoted(command.name) + " already.");
  UserRecord user = new_user(command, dialogue);
  const bool idle = user.all_rules().empty();
  file.update([&](Users& users) {
    if (find(users, command.name) != users.end())
      throw Refused("There is a user " + quoted(command.name) + " already.");
    if (users.size() == access::users_max)
      throw Refused("There are " + std::to_string(access::users_max) +
                    " users, and no more may be.");
    users.push_back(std::move(user));
  });
  dialogue.note("The user " + quoted(command.name) + " was added.");
  if (idle) dialogue.note("This user may do nothing yet: see \"user allow --help\".");
}

void passwd(const UserCommand& command, const access::UsersFile& file, const Dialogue& dialogue) {
  Users before = file.read();
  user_named(before, command.name);
  const auto hash = access::PasswordHash::make(dialogue.new_password());
  file.update([&](Users& users) { user_named(users, command.name).password = hash; });
  dialogue.note("The user " + quoted(command.name) + " has a new password.");
}

void remove(const UserCommand& command, const access::UsersFile& file, const Dialogue& dialogue) {
  file.update([&](Users& users) {
    user_named(users, command.name);
    users.erase(find(users, command.name));
  });
  dialogue.note("The user " + quoted(command.name) + " was removed. The files of the user stay.");
}

void allow(const UserCommand& command, const access::UsersFile& file, const Dialogue& dialogue) {
  file.update([&](Users& users) {
    UserRecord& user = user_named(users, command.name);
    apply(user, command.rules);
    list({user}, dialogue);
  });
}

void token(const UserCommand& command, const access::UsersFile& file, const Dialogue& dialogue) {
  if (const std::string problem = access::check_token_label(command.label); !problem.empty())
    throw NotValid("The label " + problem + ".");
  const std::string secret = access::make_token();
  file.update([&](Users& users) {
    auto& tokens = user_named(users, command.name).tokens;
    for (const auto& known : tokens) {
      if (known.label == command.label)
        throw Refused("The user has a token " + quoted(command.label) +
                      " already: give this one another --label, or revoke that one.");
    }
    if (tokens.size() == access::tokens_per_user_max)
      throw Refused("A user has at most " + std::to_string(access::tokens_per_user_max) +
                    " tokens: revoke one that is not used.");
    tokens.push_back({command.label, access::hash_token(secret), dialogue.unix_seconds});
  });
  dialogue.print(secret);
  dialogue.note(
      "This is the only time that the token is shown. It is sent as \"Authorization: "
      "Bearer TOKEN\".");
}

void revoke(const UserCommand& command, const access::UsersFile& file, const Dialogue& dialogue) {
  file.update([&](Users& users) {
    if (std::erase_if(user_named(users, command.name).tokens,
                      [&](const auto& known) { return known.label == command.label; }) == 0)
      throw Refused("The user has no token " + quoted(command.label) + ".");
  });
  dialogue.note("The token " + quoted(command.label) + " was revoked.");
}

void carry_out(const UserCommand& command, const access::UsersFile& file,
               const Dialogue& dialogue) {
  switch (command.verb) {
    case UserCommand::Verb::add: return add(command, file, dialogue);
    case UserCommand::Verb::passwd: return passwd(command, file, dialogue);
    case UserCommand::Verb::list: return list(file.read(), dialogue);
    case UserCommand::Verb::remove: return remove(command, file, dialogue);
    case UserCommand::Verb::allow: return allow(command, file, dialogue);
    case UserCommand::Verb::token: return token(command, file, dialogue);
    case UserCommand::Verb::revoke: return revoke(command, file, dialogue);
  }
}

}  // namespace

Exit run(const UserCommand& command, const access::UsersFile& file, const Dialogue& dialogue) {
  try {
    carry_out(command, file, dialogue);
    return Exit::done;
  } catch (const Refused& error) {
    dialogue.note(error.what());
    return Exit::refused;
  } catch (const NotValid& error) {
    dialogue.note(error.what());
    return Exit::not_valid;
  } catch (const access::UsersError& error) {
    dialogue.note(error.what());
    return Exit::not_valid;
  } catch (const std::runtime_error& error) {  // of the system, or no randomness
    dialogue.note(std::string(error.what()) + ".");
    return Exit::failed;
  }
}

std::string check_new_password(std::string_view password) {
  constexpr std::size_t characters_min = 8;
  std::size_t characters = 0;
  for (std::string_view rest = password; !rest.empty(); ++characters) {
    const auto code_point = take_code_point(rest);
    if (!code_point) return "The password is not UTF-8.";
    if (*code_point < 0x20 || (*code_point >= 0x7F && *code_point < 0xA0))
      return "The password holds a control character, which no log-in can carry.";
  }
  if (characters < characters_min)
    return "The password must have at least " + std::to_string(characters_min) + " characters.";
  if (password.size() > protocol::password_bytes_max)
    return "The password must have at most " + std::to_string(protocol::password_bytes_max) +
           " bytes.";
  return {};
}

}  // namespace overlap::commands
