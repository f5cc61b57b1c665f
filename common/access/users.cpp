#include "common/access/users.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "common/access/rule_text.h"
#include "common/config/concat.h"
#include "common/config/toml_text.h"
#include "common/path/utf.h"
#include "common/protocol/authorization.h"

namespace overlap::access {
namespace {

using config::concat;

constexpr bool is_control(char32_t c) noexcept { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

// What holds for user names and token labels alike.
std::string check_text(std::string_view text, std::size_t bytes_max) {
  constexpr std::string_view wanted =
      "must be 1 to 64 characters without control characters and without a space at either end";
  if (text.empty() || text.size() > bytes_max || text.front() == ' ' || text.back() == ' ')
    return std::string(wanted);
  std::size_t characters = 0;
  while (!text.empty()) {
    const auto code_point = take_code_point(text);
    if (!code_point) return "must be UTF-8";
    if (is_control(*code_point)) return std::string(wanted);
    ++characters;
  }
  return characters > user_name_characters_max ? std::string(wanted) : std::string();
}

std::string toml_time(std::int64_t unix_seconds) {
  using namespace std::chrono;
  const sys_seconds when{seconds(unix_seconds)};
  const auto day = floor<days>(when);
  const year_month_day date{day};
  const hh_mm_ss time{when - day};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text.data();
}

std::string toml_rights(Rights rights) {
  std::string toml = "[";
  for (const auto& [right, name] : right_names) {
    if (!rights.includes(right)) continue;
    toml += concat({toml.size() > 1 ? ", \"" : "\"", name, "\""});
  }
  return toml + "]";
}

void append(std::string& toml, std::string_view key, std::string_view value) {
  toml += concat({key, " = ", value, "\n"});
}

void append(std::string& toml, const UserRecord& user) {
  toml += "\n[[user]]\n";
  append(toml, "name", config::toml_string(user.name));
  if (user.password) append(toml, "password", config::toml_string(user.password->text()));
  if (user.home) append(toml, "home", config::toml_string(describe_prefix(*user.home)));
  if (user.bytes_per_second_max != 0)
    append(toml, "bytes_per_second_max", std::to_string(user.bytes_per_second_max));
  for (const Rule& rule : user.rules) {
    toml += "[[user.rule]]\n";
    append(toml, "prefix", config::toml_string(describe_prefix(rule.prefix)));
    append(toml, "rights", toml_rights(rule.rights));
  }
  for (const TokenRecord& token : user.tokens) {
    toml += "[[user.token]]\n";
    append(toml, "label", config::toml_string(token.label));
    append(toml, "sha256", config::toml_string(describe(token.hash)));
    append(toml, "created", toml_time(token.created_unix_seconds));
  }
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += concat({text.empty() ? "" : "\n", line});
  return text;
}

}  // namespace

std::vector<Rule> UserRecord::all_rules() const {
  std::vector<Rule> all = rules;
  if (home) all.push_back({*home, Rights::all()});
  return all;
}

std::string check_user_name(std::string_view name) {
  // Where the name ends and the password begins (RFC 7617, section 2).
  if (name.find(':') != std::string_view::npos) return "must not hold a colon";
  return check_text(name, protocol::user_name_bytes_max);
}

std::string check_token_label(std::string_view label) {
  return check_text(label, 4 * user_name_characters_max);
}

UsersError::UsersError(std::vector<std::string> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

void check_first_line(std::string_view toml_text, std::string_view file_name) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (toml_text.starts_with(byte_order_mark)) toml_text.remove_prefix(byte_order_mark.size());
  if (toml_text.empty()) throw UsersError({concat({file_name, ": is empty"})});
  if (!toml_text.starts_with(users_file_begins))
    throw UsersError({concat({file_name, ":1: must begin with \"", users_file_begins, "\""})});
}

std::string describe(const std::vector<UserRecord>& users) {
  std::string toml = concat(
      {users_file_begins,
       " \"overlap-service user\" writes this file: it may be edited by "
       "hand,\n"
       "# but comments are lost when a command changes it. The service reads a change at once.\n"});
  for (const UserRecord& user : users) append(toml, user);
  return toml;
}

}  // namespace overlap::access
