#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <map>
#include <set>

#include "common/access/name_fold.h"
#include "common/access/rule_text.h"
#include "common/access/users.h"
#include "common/config/concat.h"
#include "common/config/toml_document.h"
#include "common/path/utf.h"

namespace overlap::access {
namespace {

using config::concat;

struct Problem {
  std::size_t line;
  std::string text;  // with the key
};

std::size_t line_of(const toml::node& node) { return node.source().begin.line; }

// In one line, and cut if it is long, not in the middle of a character.
std::string quoted(std::string_view text) {
  constexpr std::size_t shown_bytes_max = 80;
  std::string shown = "\"";
  while (!text.empty() && shown.size() <= shown_bytes_max) {
    const std::string_view before = text;
    const auto code_point = take_code_point(text);
    if (!code_point) text.remove_prefix(1);
    const bool plain = code_point && *code_point >= 0x20 && *code_point != 0x7F;
    shown += plain ? before.substr(0, before.size() - text.size()) : "?";
  }
  return shown + (text.empty() ? "\"" : "...\"");
}

// Prefixes that differ in the case of ASCII letters name one folder.
std::string lowered(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), ascii_lower);
  return lower;
}

// Goes once through the parsed file and collects everything that is wrong with it.
class Reader {
 public:
  std::vector<UserRecord> read(const toml::table& file) {
    check_keys(file, "", {"user"});
    std::vector<UserRecord> users;
    each_table(file, "user", users_max,
               [&](const toml::table& table) { users.push_back(read_user(table)); });
    return users;
  }

  // In the order of the file.
  std::vector<Problem> problems() && {
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](const Problem& a, const Problem& b) { return a.line < b.line; });
    return std::move(problems_);
  }

 private:
  void note(std::size_t line, std::initializer_list<std::string_view> text) {
    problems_.push_back({line, concat(text)});
  }

  void check_keys(const toml::table& table, std::string_view section,
                  std::initializer_list<std::string_view> known) {
    for (const auto& [key, node] : table) {
      if (std::find(known.begin(), known.end(), key.str()) == known.end())
        note(key.source().begin.line, {section, quoted(key.str()), " is not a known key"});
    }
  }

  template <class Visit>
  void each_table(const toml::table& table, std::string_view name, std::size_t most, Visit visit) {
    const toml::node* found = table.get(name);
    if (found == nullptr) return;
    const toml::array* array = found->as_array();
    if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
      // An empty array holds nothing of another type, and nothing at all.
      if (array != nullptr && array->empty()) return;
      return note(line_of(*found), {name, ": must be tables, written [[", name, "]]"});
    }
    if (array->size() > most)
      return note(line_of(*found), {name, ": at most ", std::to_string(most), " are allowed, not ",
                                    std::to_string(array->size())});
    for (const toml::node& node : *array) visit(*node.as_table());
  }

  // The text of a key; nothing, and a problem, if it is missing or no string.
  const std::string* text_of(const toml::table& table, std::string_view section,
                             std::string_view key, bool required) {
    const toml::node* found = table.get(key);
    if (found == nullptr) {
      if (required) note(line_of(table), {section, key, ": is required"});
      return nullptr;
    }
    if (const auto* text = found->as_string()) return &text->get();
    note(line_of(*found), {section, key, ": must be a string"});
    return nullptr;
  }

  UserRecord read_user(const toml::table& table) {
    check_keys(table, "user.",
               {"name", "password", "home", "bytes_per_second_max", "rule", "token"});
    UserRecord user;
    read_name(table, user);
    if (const auto* text = text_of(table, "user.", "password", false)) {
      user.password = PasswordHash::parse(*text);
      if (!user.password)  // what it holds is nobody's business
        note(line_of(*table.get("password")),
             {"user.password: must be a hash as \"overlap-service user passwd\" makes it, within "
              "its bounds"});
    }
    if (const auto* text = text_of(table, "user.", "home", false))
      user.home = prefix_of(*text, line_of(*table.get("home")), "user.home");
    read_bandwidth(table, user);
    read_rules(table, user);
    read_tokens(table, user);
    return user;
  }

  void read_name(const toml::table& table, UserRecord& user) {
    const auto* name = text_of(table, "user.", "name", true);
    if (name == nullptr) return;
    const std::size_t line = line_of(*table.get("name"));
    if (const std::string problem = check_user_name(*name); !problem.empty())
      note(line, {"user.name: ", problem, ", not ", quoted(*name)});
    const auto [first, is_new] = names_.emplace(*name, line);
    if (!is_new)
      note(line, {"user.name: ", quoted(*name), " is already the name of the user at line ",
                  std::to_string(first->second)});
    user.name = *name;
  }

  void read_bandwidth(const toml::table& table, UserRecord& user) {
    const toml::node* found = table.get("bytes_per_second_max");
    if (found == nullptr) return;
    const auto* number = found->as_integer();
    if (number == nullptr || number->get() < 0 ||
        static_cast<std::uint64_t>(number->get()) > bytes_per_second_limit_max)
      return note(line_of(*found), {"user.bytes_per_second_max: must be a whole number, 0 to ",
                                    std::to_string(bytes_per_second_limit_max)});
    user.bytes_per_second_max = static_cast<std::uint64_t>(number->get());
  }

  std::string prefix_of(std::string_view text, std::size_t line, std::string_view key) {
    if (!text.starts_with('/') || (text.size() > 1 && text.ends_with('/'))) {
      note(line, {key, ": must begin with \"/\" and not end with another, not ", quoted(text)});
      return {};
    }
    PrefixText parsed = parse_prefix(text);
    if (!parsed.problem.empty())
      note(line, {key, ": ", quoted(text), " names no file or folder: ", parsed.problem});
    return std::move(parsed.prefix);
  }

  void read_rules(const toml::table& table, UserRecord& user) {
    std::set<std::string> prefixes;
    if (user.home) prefixes.insert(lowered(*user.home));
    each_table(table, "rule", rules_per_user_max, [&](const toml::table& row) {
      check_keys(row, "user.rule.", {"prefix", "rights"});
      Rule rule;
      if (const auto* text = text_of(row, "user.rule.", "prefix", true)) {
        const std::size_t line = line_of(*row.get("prefix"));
        rule.prefix = prefix_of(*text, line, "user.rule.prefix");
        if (!prefixes.insert(lowered(rule.prefix)).second)
          note(line,
               {"user.rule.prefix: the user has another rule, or the home, at ", quoted(*text)});
      }
      rule.rights = read_rights(row);
      user.rules.push_back(std::move(rule));
    });
  }

  Rights read_rights(const toml::table& row) {
    constexpr std::string_view wanted =
        "user.rule.rights: must be an array of \"list\", \"read\", \"write\", \"delete\"";
    Rights rights;
    const toml::node* found = row.get("rights");
    if (found == nullptr) {
      note(line_of(row), {"user.rule.rights: is required"});
      return rights;
    }
    const toml::array* array = found->as_array();
    if (array == nullptr) {
      note(line_of(*found), {wanted});
      return rights;
    }
    for (const toml::node& node : *array) {
      const auto* name = node.as_string();
      const auto right = name == nullptr ? std::nullopt : right_named(name->get());
      if (right)
        rights = rights | *right;
      else
        note(line_of(node), {wanted});
    }
    return rights;
  }

  void read_tokens(const toml::table& table, UserRecord& user) {
    std::set<std::string> labels;
    each_table(table, "token", tokens_per_user_max, [&](const toml::table& row) {
      check_keys(row, "user.token.", {"label", "sha256", "created"});
      TokenRecord token;
      if (const auto* label = text_of(row, "user.token.", "label", true)) {
        const std::size_t line = line_of(*row.get("label"));
        if (const std::string problem = check_token_label(*label); !problem.empty())
          note(line, {"user.token.label: ", problem, ", not ", quoted(*label)});
        if (!labels.insert(*label).second)
          note(line, {"user.token.label: the user has another token ", quoted(*label)});
        token.label = *label;
      }
      if (const auto* text = text_of(row, "user.token.", "sha256", true)) {
        const auto hash = parse_token_hash(*text);
        if (!hash)
          note(line_of(*row.get("sha256")),
               {"user.token.sha256: must be 64 lowercase hexadecimal digits"});
        else if (!tokens_.insert(*hash).second)
          note(line_of(*row.get("sha256")), {"user.token.sha256: is there twice"});
        token.hash = hash.value_or(TokenHash{});
      }
      token.created_unix_seconds = read_time(row);
      user.tokens.push_back(std::move(token));
    });
  }

  std::int64_t read_time(const toml::table& row) {
    constexpr std::string_view wanted =
        "user.token.created: must be a time such as 2026-01-31T23:59:59Z";
    const toml::node* found = row.get("created");
    if (found == nullptr) {
      note(line_of(row), {"user.token.created: is required"});
      return 0;
    }
    const auto* time = found->as_date_time();
    if (time == nullptr || !time->get().offset || time->get().offset->minutes != 0 ||
        time->get().date.year < 1970) {
      note(line_of(*found), {wanted});
      return 0;
    }
    using namespace std::chrono;
    const auto& [date, clock, offset] = time->get();
    const sys_days day = year(date.year) / month(date.month) / std::chrono::day(date.day);
    return sys_seconds(day + hours(clock.hour) + minutes(clock.minute) + seconds(clock.second))
        .time_since_epoch()
        .count();
  }

  std::map<std::string, std::size_t> names_;  // with their lines
  std::set<TokenHash> tokens_;
  std::vector<Problem> problems_;
};

[[noreturn]] void refuse(std::string_view file_name, const std::vector<Problem>& problems) {
  std::vector<std::string> lines;
  for (const Problem& problem : problems) {
    const std::string line = problem.line == 0 ? "" : concat({":", std::to_string(problem.line)});
    lines.push_back(concat({file_name, line, ": ", problem.text}));
  }
  throw UsersError(std::move(lines));
}

}  // namespace

std::vector<UserRecord> parse_users(std::string_view toml_text, std::string_view file_name) {
  if (toml_text.size() > users_file_bytes_max) refuse(file_name, {{0, "is larger than 8 MiB"}});
  Reader reader;
  std::vector<UserRecord> users;
  try {
    users = reader.read(config::parse_toml(toml_text));
  } catch (const toml::parse_error& error) {
    refuse(file_name, {{error.source().begin.line, config::describe(error)}});
  }
  const std::vector<Problem> problems = std::move(reader).problems();
  if (!problems.empty()) refuse(file_name, problems);
  return users;
}

}  // namespace overlap::access
