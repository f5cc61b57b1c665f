// installer/overlap.toml promises to show every key with its default: held to it here.
#include "example.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/config/parse.h"

namespace overlap::config {
namespace {

std::vector<std::string> example_lines() {
  std::istringstream text{std::string(example_text)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

const std::regex& key_line() {
  static const std::regex pattern(R"((# )?([a-z][a-z0-9_]*) = .*)");
  return pattern;
}

TEST(Example, parses_and_has_one_listener_a_model) {
  const Config config = parse(example_text, "overlap.toml");
  ASSERT_EQ(config.listeners.size(), model_names.size());
  for (std::size_t i = 0; i < model_names.size(); ++i) {
    EXPECT_EQ(config.listeners[i].name, model_names[i]);
    EXPECT_EQ(config.listeners[i].port, 8101 + i);
  }
  EXPECT_FALSE(config.access.anonymous_read);
  EXPECT_FALSE(config.access.anonymous_write);
}

TEST(Example, shows_every_key_and_no_other) {
  std::set<std::string> shown;
  std::string section;
  std::smatch match;
  for (const auto& line : example_lines()) {
    if (std::regex_match(line, match, std::regex(R"(\[+([a-z]+)\]+)"))) section = match[1];
    if (std::regex_match(line, match, key_line())) {
      shown.insert(section + "." + match[2].str());
    }
  }
  const auto known = known_keys();
  EXPECT_EQ(shown, std::set<std::string>(known.begin(), known.end()));
}

TEST(Example, shows_the_defaults) {
  std::string all;
  std::smatch match;
  for (const auto& line : example_lines()) {
    const bool hidden = std::regex_match(line, match, key_line()) && match[1].matched;
    all += (hidden ? line.substr(2) : line) + "\n";
  }
  EXPECT_NE(all, example_text);
  EXPECT_EQ(describe(parse(all, "all")), describe(parse(example_text, "overlap.toml")));
}

}  // namespace
}  // namespace overlap::config
