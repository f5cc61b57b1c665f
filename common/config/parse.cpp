#include "common/config/parse.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/config/concat.h"
#include "common/config/keys.h"
#include "common/config/rules.h"
#include "common/config/suggest.h"
#include "common/config/toml_document.h"

namespace overlap::config {
namespace {

std::size_t line_of(const toml::source_region& source) { return source.begin.line; }

OtherType other_type(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return {"a table"};
    case toml::node_type::array: return {"an array"};
    case toml::node_type::date: return {"a date"};
    case toml::node_type::time: return {"a time"};
    case toml::node_type::date_time: return {"a date and time"};
    default: return {"a value of another type"};
  }
}

Given to_given(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* whole = node.as_integer()) return whole->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  return other_type(node);
}

std::string type_name(const toml::node& node) {
  if (node.is_string()) return "a string";
  if (node.is_boolean()) return "true or false";
  if (node.is_number()) return "a number";
  return std::string(other_type(node).name);
}

// A key as an error names it: as it is, or in quotes if it holds more than a bare key of TOML may.
std::string shown(std::string_view key) {
  const auto is_bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  const bool bare =
      !key.empty() && key.size() <= 80 && std::all_of(key.begin(), key.end(), is_bare);
  return bare ? std::string(key) : in_quotes(key);
}

std::string unknown(std::string_view what, std::string_view name,
                    std::span<const std::string_view> known) {
  std::string text = concat({"is not a known ", what});
  if (const auto meant = nearest(name, known); !meant.empty()) {
    text += concat({"; did you mean \"", meant, "\"?"});
  }
  return text;
}

// Goes once through the parsed file and collects everything that is wrong with it.
class Reader {
 public:
  Config read(const toml::table& file) {
    check_section_names(file);
    Config config;
    bool tls_is_good = false;
    for_each_section(config, [&](std::string_view name, auto& section) {
      const std::size_t problems_before = problems_.size();
      const Lines lines = read_named_section(file, name, section);
      if (problems_.size() != problems_before) return;
      if constexpr (std::is_same_v<decltype(section), Limits&>) note(check_limits(section, lines));
      if constexpr (std::is_same_v<decltype(section), Tls&>) {
        note(check_tls(section, lines));
        tls_is_good = problems_.size() == problems_before;
      }
      // The order of the sections has put tls before it.
      if constexpr (std::is_same_v<decltype(section), Admin&>)
        note(check_admin(section, tls_is_good ? &config.tls : nullptr, lines));
    });
    read_listeners(file);
    note(check_listeners(listeners_,
                         {config.access, config.admin, tls_is_good ? &config.tls : nullptr}));
    for (auto& placed : listeners_) config.listeners.push_back(std::move(placed.listener));
    return config;
  }

  // In the order of the file; what has no line comes last.
  std::vector<Problem> problems() && {
    std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
      return a.line - 1 < b.line - 1;  // 0 wraps round to the largest
    });
    return std::move(problems_);
  }

 private:
  void note(std::size_t line, std::string key, std::string text) {
    problems_.push_back({line, std::move(key), std::move(text)});
  }
  void note(std::vector<Problem> more) {
    std::move(more.begin(), more.end(), std::back_inserter(problems_));
  }

  void check_section_names(const toml::table& file) {
    std::vector<std::string_view> known{listener_section};
    Config config;
    for_each_section(config, [&](std::string_view name, auto&) { known.push_back(name); });
    for (const auto& [key, node] : file) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      note(line_of(key.source()), shown(key.str()),
           unknown(node.is_value() ? "key" : "table", key.str(), known));
    }
  }

  template <class Section>
  Lines read_named_section(const toml::table& file, std::string_view name, Section& section) {
    static const toml::table absent;  // has no line, and lacks the required keys
    const auto found = file.find(name);
    if (found == file.end()) return read_section(absent, name, section);
    if (const auto* table = found->second.as_table()) return read_section(*table, name, section);
    note(line_of(found->first.source()), std::string(name),
         concat({"must be a table, written [", name, "], not ", type_name(found->second)}));
    return {};
  }

  template <class Section>
  Lines read_section(const toml::table& table, std::string_view name, Section& section) {
    const auto rows = keys<Section>();
    Lines lines{line_of(table.source()), {}};
    for (const auto& [key, node] : table) {
      const std::size_t line = line_of(key.source());
      const std::string_view key_name = key.str();
      lines.keys.emplace(key_name, line);
      const auto row = std::find_if(rows.begin(), rows.end(),
                                    [&](const auto& known) { return known.name == key_name; });
      std::string problem =
          row == rows.end() ? unknown_key(rows, key_name) : row->read(to_given(node), section);
      if (!problem.empty()) note(line, full_name(name, key_name), std::move(problem));
    }
    for (const auto& row : rows) {
      if (row.required && !lines.keys.contains(row.name))
        note(lines.table, full_name(name, row.name), "is required");
    }
    return lines;
  }

  static std::string full_name(std::string_view section, std::string_view key) {
    return concat({section, ".", shown(key)});
  }

  template <class Row>
  static std::string unknown_key(std::span<const Row> rows, std::string_view name) {
    std::vector<std::string_view> known;
    for (const auto& row : rows) known.push_back(row.name);
    return unknown("key", name, known);
  }

  void read_listeners(const toml::table& file) {
    const std::string key(listener_section);
    const auto found = file.find(key);
    if (found == file.end()) {
      return note(0, key, "at least one is required, written [[listener]]");
    }
    const std::size_t line = line_of(found->first.source());
    const auto* tables = found->second.as_array();
    if (tables == nullptr) {
      return note(line, key,
                  concat({"must be an array of tables, written [[listener]], not ",
                          type_name(found->second)}));
    }
    if (tables->empty()) return note(line, key, "at least one is required");
    if (tables->size() > listeners_max) {
      return note(line, key,
                  concat({"at most ", std::to_string(listeners_max), " are allowed, not ",
                          std::to_string(tables->size())}));
    }
    for (const auto& node : *tables) read_listener(node);
  }

  void read_listener(const toml::node& node) {
    const auto* table = node.as_table();
    if (table == nullptr) {
      return note(line_of(node.source()), std::string(listener_section),
                  concat({"must be a table, not ", type_name(node)}));
    }
    PlacedListener placed;
    auto& listener = placed.listener;
    const std::size_t problems_before = problems_.size();
    placed.lines = read_section(*table, listener_section, listener);
    if (problems_.size() != problems_before) return;
    if (listener.name.empty()) listener.name = name_of(listener.model);
    if (listener.threads == 0) listener.threads = default_threads(listener.model);
    listeners_.push_back(std::move(placed));
  }

  std::vector<PlacedListener> listeners_;  // those without a problem of their own
  std::vector<Problem> problems_;
};

std::string line_text(std::string_view file_name, const Problem& problem) {
  const std::string line = problem.line == 0 ? "" : concat({":", std::to_string(problem.line)});
  const std::string_view after_key = problem.key.empty() ? "" : ": ";
  return concat({file_name, line, ": ", problem.key, after_key, problem.text});
}

Problem syntax_problem(const toml::parse_error& error) {
  std::string text = describe(error);
  // The error that everyone makes once.
  if (text.find("escape") != std::string::npos) text += "; put Windows paths in single quotes";
  return {line_of(error.source()), {}, std::move(text)};
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += concat({text.empty() ? "" : "\n", line});
  return text;
}

}  // namespace

ConfigError::ConfigError(std::vector<std::string> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

Config parse(std::string_view toml_text, std::string_view file_name) {
  const auto fail = [&](const std::vector<Problem>& problems) {
    std::vector<std::string> lines;
    for (const auto& problem : problems) lines.push_back(line_text(file_name, problem));
    throw ConfigError(std::move(lines));
  };
  if (toml_text.size() > file_bytes_max) fail({{0, {}, "is larger than 1 MiB"}});
  Reader reader;
  Config config;
  try {
    config = reader.read(parse_toml(toml_text));
  } catch (const toml::parse_error& error) {
    fail({syntax_problem(error)});
  }
  const auto problems = std::move(reader).problems();
  if (!problems.empty()) fail(problems);
  return config;
}

}  // namespace overlap::config
