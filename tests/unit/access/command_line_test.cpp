#include "service/command_line.h"

#include <gtest/gtest.h>

#include <ostream>

namespace overlap {
namespace {

using Mode = CommandLine::Mode;
using Verb = commands::UserCommand::Verb;
using Words = std::vector<std::string>;

const std::string config = "C:\\a\\overlap.toml";

CommandLine parse(Words words) {
  words.insert(words.end(), {"--config", config});
  return parse_arguments(std::move(words));
}
commands::UserCommand user(Words words) {
  words.insert(words.begin(), "user");
  const CommandLine line = parse(std::move(words));
  EXPECT_EQ(line.problem, "");
  EXPECT_EQ(line.mode, Mode::user);
  EXPECT_EQ(line.config_file, config);
  return line.user;
}

TEST(CommandLine, without_a_command_is_about_serving) {
  EXPECT_EQ(parse({}).mode, Mode::service);
  EXPECT_EQ(parse({"--console"}).mode, Mode::console);
  EXPECT_EQ(parse({"--check"}).mode, Mode::check);
}

TEST(CommandLine, adds_a_user) {
  const auto command = user({"add", "alice", "--home", "/alice", "--allow", "/photos=list,read",
                             "--allow", "b=all", "--bytes-per-second", "1000", "--password-stdin"});
  EXPECT_EQ(command.verb, Verb::add);
  EXPECT_EQ(command.name, "alice");
  EXPECT_EQ(command.home, "/alice");
  EXPECT_EQ(command.rules, (Words{"/photos=list,read", "b=all"}));
  EXPECT_EQ(command.bandwidth, 1000u);
  EXPECT_TRUE(command.password_stdin);
  EXPECT_FALSE(command.without_password);
}

TEST(CommandLine, adds_a_user_with_what_is_left_out_unset) {
  const auto command = user({"add", "alice", "--no-password"});
  EXPECT_FALSE(command.home);
  EXPECT_TRUE(command.rules.empty());
  EXPECT_FALSE(command.bandwidth);
  EXPECT_FALSE(command.password_stdin);
  EXPECT_TRUE(command.without_password);
}

TEST(CommandLine, an_option_of_add_may_stand_before_the_name) {
  const auto command = user({"add", "--allow", "/a=read", "alice"});
  EXPECT_EQ(command.name, "alice");
  EXPECT_EQ(command.rules, Words{"/a=read"});
}

// With the '/' that options have on Windows elsewhere.
TEST(CommandLine, rules_are_no_options) {
  const auto command = user({"allow", "alice", "/a=read", "/b=none", "/c="});
  EXPECT_EQ(command.verb, Verb::allow);
  EXPECT_EQ(command.name, "alice");
  EXPECT_EQ(command.rules, (Words{"/a=read", "/b=none", "/c="}));
}

TEST(CommandLine, knows_the_other_commands_for_users) {
  EXPECT_EQ(user({"list"}).verb, Verb::list);
  EXPECT_EQ(user({"remove", "alice"}).verb, Verb::remove);
  EXPECT_EQ(user({"passwd", "alice"}).verb, Verb::passwd);
  EXPECT_TRUE(user({"passwd", "alice", "--password-stdin"}).password_stdin);
  EXPECT_EQ(user({"token", "alice"}).label, "token");
  EXPECT_EQ(user({"token", "alice", "--label", "the laptop"}).label, "the laptop");
  const auto revoke = user({"revoke", "alice", "the laptop"});
  EXPECT_EQ(revoke.verb, Verb::revoke);
  EXPECT_EQ(revoke.label, "the laptop");
}

TEST(CommandLine, the_configuration_may_be_named_before_the_command) {
  const CommandLine line = parse_arguments({"--config", config, "user", "list"});
  EXPECT_EQ(line.problem, "");
  EXPECT_EQ(line.config_file, config);
}

TEST(CommandLine, makes_a_certificate_beside_the_configuration_unless_told_otherwise) {
  const CommandLine line = parse({"certificate", "create", "--name", "a.example,192.0.2.1"});
  EXPECT_EQ(line.problem, "");
  EXPECT_EQ(line.mode, Mode::certificate);
  EXPECT_EQ(line.certificate.hosts, (Words{"a.example", "192.0.2.1"}));
  EXPECT_EQ(line.certificate.folder, "C:\\a");
  EXPECT_FALSE(line.certificate.force);
  const CommandLine other = parse(
      {"certificate", "create", "--name", "a", "--out", "C:\\tls", "--days", "30", "--force"});
  EXPECT_EQ(other.certificate.folder, "C:\\tls");
  EXPECT_EQ(other.certificate.days, 30);
  EXPECT_TRUE(other.certificate.force);
}

TEST(CommandLine, that_is_wrong_is_a_problem_in_one_sentence) {
  for (const Words& words :
       std::vector<Words>{{"frobnicate"},
                          {"user"},
                          {"user", "frobnicate"},
                          {"user", "add"},
                          {"user", "add", "a", "b"},
                          {"user", "allow", "a"},
                          {"user", "revoke", "a"},
                          {"user", "list", "a"},
                          {"user", "add", "a", "--bytes-per-second", "-1"},
                          {"user", "add", "a", "--bytes-per-second", "x"},
                          {"user", "add", "a", "--no-password", "--password-stdin"},
                          {"--console", "user", "list"},
                          {"--check", "user", "list"},
                          {"certificate"},
                          {"certificate", "create"},
                          {"--console", "--check"}}) {
    const CommandLine line = parse(words);
    EXPECT_TRUE(line.problem.starts_with("the command line is not understood: "))
        << testing::PrintToString(words) << ' ' << line.problem;
  }
}

}  // namespace
}  // namespace overlap
