#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "wrong_file.h"

namespace overlap::config {
namespace {

struct Wrong {
  std::string name;
  File file;
  Lines problems;
};
std::ostream& operator<<(std::ostream& out, const Wrong& row) { return out << row.name; }

class WrongFile : public testing::TestWithParam<Wrong> {};

TEST_P(WrongFile, is_refused_with_line_key_and_reason) {
  EXPECT_EQ(problems_of(GetParam().file.text()), GetParam().problems) << GetParam().file.text();
}

Wrong in_section(const std::string& name, const std::string& line, const std::string& problem) {
  const auto section = name.substr(0, name.find('.'));
  return {name + " with " + line,
          {.section = "[" + section + "]\n" + line},
          {"x.toml:5: " + name + ": " + problem}};
}
Wrong in_listener(const std::string& key, const std::string& value, const std::string& problem) {
  return {"listener." + key + " with " + value,
          {.listener = "model = \"asio\"\nport = 8104\n" + key + " = " + value},
          {"x.toml:8: listener." + key + ": " + problem}};
}
Wrong root(const std::string& value) {
  return {"store.root with " + value,
          {.store = "root = '" + value + "'"},
          {"x.toml:3: store.root: must be an absolute Windows path such as 'C:\\Files', in single "
           "quotes, not \"" +
           value + "\""}};
}
Wrong file(const std::string& key, const std::string& value, const std::string& example) {
  return in_section(key, key.substr(key.find('.') + 1) + " = '" + value + "'",
                    "must be the path of a file such as '" + example +
                        "', in single quotes, not \"" + value + "\"");
}
Wrong log_file(const std::string& value) {
  return file("log.file", value, "C:\\Logs\\overlap.log");
}
Wrong hosts(const std::string& value, const std::string& shown) {
  return in_section("admin.hosts", "hosts = '" + value + "'",
                    "must be host names without ports, with commas between, not \"" + shown + "\"");
}
Wrong hosts(const std::string& value) { return hosts(value, value); }
Wrong realm(const std::string& value, const std::string& shown) {
  return in_section(
      "access.realm", "realm = '" + value + "'",
      "must be 1 to 64 printable ASCII characters other than \" and \\, not \"" + shown + "\"");
}

INSTANTIATE_TEST_SUITE_P(
    types, WrongFile,
    testing::ValuesIn(std::vector<Wrong>{
        in_section("limits.headers_max", "headers_max = 8.0",
                   "must be a whole number, not a number"),
        in_section("limits.headers_max", "headers_max = \"8\"",
                   "must be a whole number, not a string"),
        in_section("limits.headers_max", "headers_max = [8]",
                   "must be a whole number, not an array"),
        in_section("limits.headers_max", "headers_max = {}", "must be a whole number, not a table"),
        in_section("limits.headers_max", "headers_max = 2024-01-01",
                   "must be a whole number, not a date"),
        in_section("limits.headers_max", "headers_max = 07:32:00",
                   "must be a whole number, not a time"),
        in_section("limits.headers_max", "headers_max = 2024-01-01T07:32:00",
                   "must be a whole number, not a date and time"),
        in_section("timeouts.head_seconds", "head_seconds = \"20s\"",
                   "must be a number of seconds, not a string"),
        in_section("timeouts.head_seconds", "head_seconds = true",
                   "must be a number of seconds, not true or false"),
        in_section("admin.enabled", "enabled = 1", "must be true or false, not a whole number"),
        in_section("log.event_log", "event_log = \"true\"", "must be true or false, not a string"),
        in_section("log.event_log_level", "event_log_level = \"debug\"",
                   "must be one of \"info\", \"warning\", \"error\", not \"debug\""),
        in_section("log.level", "level = 3", "must be a string, not a whole number"),
        in_section("log.file", "file = false", "must be a string, not true or false"),
        in_section("log.level", "level = \"trace\"",
                   "must be one of \"debug\", \"info\", \"warning\", \"error\", not \"trace\""),
        {"flush",
         {.section = "flush = \"File\""},
         {"x.toml:4: store.flush: must be one of \"none\", \"file\", not \"File\""}},
        {"model",
         {.listener = "model = \"iocp\"\nport = 1"},
         {"x.toml:6: listener.model: must be one of \"device\", \"event\", \"apc\", \"asio\", not "
          "\"iocp\""}},
        {"a section that is a value",
         {.top = "admin = true"},
         {"x.toml:1: admin: must be a table, written [admin], not true or false"}},
        {"a section that is an array",
         {.section = "[[limits]]\nheaders_max = 9"},
         {"x.toml:4: limits: must be a table, written [limits], not an array"}},
    }));

INSTANTIATE_TEST_SUITE_P(
    text, WrongFile,
    testing::ValuesIn(std::vector<Wrong>{
        root(""),
        root("Files"),
        root("\\Files"),
        root("C:"),
        root("C:Files"),
        root("/srv/files"),
        root("C:\\a\\..\\b"),
        root("C:\\.\\b"),
        root("C:\\\\b"),
        root("C:\\b\\\\"),
        root("C:\\b."),
        root("C:\\b \\c"),
        root("C:\\b:c"),
        root("C:\\b*"),
        root("1:\\b"),
        root("\\\\server"),
        root("\\\\server\\"),
        root("\\\\?\\C:\\b"),
        root("\\\\.\\C:\\b"),
        {"a root in double quotes",
         {.store = "root = \"C:\\new\""},
         {"x.toml:3: store.root: must be an absolute Windows path such as 'C:\\Files', in single "
          "quotes, not \"C:?ew\""}},
        {"a root too long",
         {.store = "root = 'C:\\" + std::string(1022, 'a') + "'"},
         {"x.toml:3: store.root: must be at most 1024 bytes long"}},
        {"a line break in the root",
         {.store = "root = \"C:\\\\a\\nb\""},
         {"x.toml:3: store.root: must be an absolute Windows path such as 'C:\\Files', in single "
          "quotes, not \"C:\\a?b\""}},
        {"a log file too long",
         {.section = "[log]\nfile = 'C:\\" + std::string(1022, 'a') + "'"},
         {"x.toml:5: log.file: must be at most 1024 bytes long"}},
        log_file("C:\\"),
        log_file("C:\\Logs\\"),
        log_file("..\\x.log"),
        log_file("a\\\\b"),
        log_file("C:x.log"),
        log_file("x.log:y"),
        file("access.users_file", "a:b", "users.toml"),
        file("tls.certificate_file", "..\\c.pem", "certificate.pem"),
        file("tls.key_file", "C:\\", "certificate.pem"),
        file("tls.client_ca_file", "a\\", "certificate.pem"),
        realm("", ""),
        realm("a\"b", "a\"b"),
        realm("a\\b", "a\\b"),
        realm("ä", "ä"),
        realm("\t", "?"),
        realm(std::string(65, '~'), std::string(65, '~')),
        file("admin.token_file", "..\\t", "admin-token"),
        in_section("admin.token_file", "token_file = ''", "must name a file"),
        file("journal.file", "a:b", "journal.db"),
        in_section("journal.file", "file = ''", "must name a file"),
        file("journal.w3c_file", "a\\", "C:\\Logs\\overlap.log"),
        hosts(" "),
        hosts(","),
        hosts("a,"),
        hosts(",a"),
        hosts("a,,b"),
        hosts("a b"),
        hosts("a:80"),
        hosts("http://a"),
        hosts("[::1]"),
        hosts("*.a"),
        hosts("a..b"),
        hosts(".a"),
        hosts("a."),
        hosts("-a"),
        hosts("a-"),
        hosts("a_b"),
        hosts("\xC3\xA4"),
        hosts(std::string(64, 'a')),
        hosts(std::string(62, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a') + "." +
                  std::string(63, 'a'),
              std::string(62, 'a') + "." + std::string(17, 'a') + "..."),
        in_listener("address", "\"localhost\"",
                    "must be a literal IPv4 or IPv6 address, not \"localhost\""),
        in_listener("address", "\"127.0.0.1:80\"",
                    "must be a literal IPv4 or IPv6 address, not \"127.0.0.1:80\""),
        in_listener("address", "\"::ffff:127.0.0.1\"",
                    "must be written as an IPv4 address, not \"::ffff:127.0.0.1\""),
        in_listener("name", "\"\"", "must be 1 to 32 of the characters a-z 0-9 - _, not \"\""),
        in_listener("name", "\"A\"", "must be 1 to 32 of the characters a-z 0-9 - _, not \"A\""),
        in_listener("name", "\"a/b\"",
                    "must be 1 to 32 of the characters a-z 0-9 - _, not \"a/b\""),
        in_listener("name", "\"" + std::string(33, 'a') + "\"",
                    "must be 1 to 32 of the characters a-z 0-9 - _, not \"" + std::string(33, 'a') +
                        "\""),
        in_section("admin.address", "address = \"lo\"",
                   "must be a literal IPv4 or IPv6 address, not \"lo\""),
    }));

INSTANTIATE_TEST_SUITE_P(
    names, WrongFile,
    testing::ValuesIn(std::vector<Wrong>{
        in_section("limits.head_byte_max", "head_byte_max = 1",
                   "is not a known key; did you mean \"head_bytes_max\"?"),
        in_section("limits.colour", "colour = 1", "is not a known key"),
        in_section("timeouts.drain", "drain = 1", "is not a known key"),
        in_section("admin.\"\"", "\"\" = 1", "is not a known key"),
        in_section("admin.\"a b?\"", "\"a b\\n\" = 1", "is not a known key"),
        in_listener("prot", "1", "is not a known key; did you mean \"port\"?"),
        in_listener("x", "{y = 1}", "is not a known key"),
        {"an unknown table",
         {.section = "[limit]\nheaders_max = 9"},
         {"x.toml:4: limit: is not a known table; did you mean \"limits\"?"}},
        {"an unknown array of tables",
         {.section = "[[listeners]]\nmodel = \"apc\""},
         {"x.toml:4: listeners: is not a known table; did you mean \"listener\"?"}},
        {"a key outside all tables",
         {.top = "threads = 4"},
         {"x.toml:1: threads: is not a known key"}},
        {"a table inside a section",
         {.section = "[admin.web]\nx = 1"},
         {"x.toml:4: admin.web: is not a known key"}},
    }));

INSTANTIATE_TEST_SUITE_P(
    required, WrongFile,
    testing::ValuesIn(std::vector<Wrong>{
        {"no root", {.store = "threads = 4"}, {"x.toml:2: store.root: is required"}},
        {"no port", {.listener = "model = \"apc\""}, {"x.toml:5: listener.port: is required"}},
        {"no model", {.listener = "port = 1"}, {"x.toml:5: listener.model: is required"}},
    }));

INSTANTIATE_TEST_SUITE_P(
    together, WrongFile,
    testing::ValuesIn(std::vector<Wrong>{
        {"a name twice by default",
         {.listener = "model = \"apc\"\nport = 1\n[[listener]]\nmodel = \"apc\"\nport = 2"},
         {"x.toml:8: listener.name: \"apc\" is already the name of the listener at line 5"}},
        {"a name twice",
         {.listener = "model = \"apc\"\nport = 1\n[[listener]]\nname = \"apc\"\nmodel = "
                      "\"asio\"\nport = 2"},
         {"x.toml:9: listener.name: \"apc\" is already the name of the listener at line 5"}},
        {"a port twice",
         {.listener = "model = \"apc\"\nport = 1\n[[listener]]\nmodel = \"asio\"\nport = 1"},
         {"x.toml:10: listener.port: 127.0.0.1:1 is already taken by the listener at line 5"}},
        {"a port twice, written differently",
         {.listener = "model = \"apc\"\nport = 1\naddress = \"::1\"\n[[listener]]\nmodel = "
                      "\"asio\"\nport = 1\naddress = \"0:0::0:1\""},
         {"x.toml:11: listener.port: [0:0::0:1]:1 is already taken by the listener at line 5"}},
        {"a port that another listener has on all addresses",
         {.listener = "model = \"apc\"\nport = 1\naddress = \"0.0.0.0\"\n[[listener]]\nmodel = "
                      "\"asio\"\nport = 1"},
         {"x.toml:11: listener.port: 127.0.0.1:1 is already taken by the listener at line 5"}},
        {"a port that all addresses share with another listener",
         {.listener = "model = \"apc\"\nport = 1\naddress = \"::1\"\n[[listener]]\nmodel = "
                      "\"asio\"\nport = 1\naddress = \"::\""},
         {"x.toml:11: listener.port: [::]:1 is already taken by the listener at line 5"}},
        {"the port of the admin endpoint",
         {.listener = "model = \"apc\"\nport = 8100"},
         {"x.toml:7: listener.port: 127.0.0.1:8100 is already taken by the admin endpoint"}},
        {"the admin endpoint on the network without tls",
         {.section = "[admin]\naddress = \"0.0.0.0\""},
         {"x.toml:5: admin.address: \"0.0.0.0\" can be reached from the network, where the token "
          "could be read on its way: set admin.tls to true, or listen on 127.0.0.1 or ::1"}},
        {"the admin endpoint beside loopback without tls",
         {.section = "[admin]\naddress = \"::2\""},
         {"x.toml:5: admin.address: \"::2\" can be reached from the network, where the token "
          "could be read on its way: set admin.tls to true, or listen on 127.0.0.1 or ::1"}},
        {"the admin endpoint on the network for all to read",
         {.section = "[tls]\ncertificate_file = 'c.pem'\nkey_file = 'k.pem'\n"
                     "[admin]\naddress = \"::\"\ntls = true\nanonymous_read = true"},
         {"x.toml:10: admin.anonymous_read: must be false while the address \"::\" can be reached "
          "from the network"}},
        {"the admin endpoint with tls and no certificate",
         {.section = "[admin]\n\ntls = true"},
         {"x.toml:6: admin.tls: needs tls.certificate_file and tls.key_file"}},
        {"the admin endpoint with tls and a certificate at fault",
         {.section = "[tls]\ncertificate_file = 1\nkey_file = 'k.pem'\n[admin]\ntls = true"},
         {"x.toml:5: tls.certificate_file: must be a string, not a whole number"}},
        {"an admin endpoint at fault beside what would not suit it",
         {.section = "[admin]\naddress = \"0.0.0.0\"\nport = 0"},
         {"x.toml:6: admin.port: must be 1 to 65535, not 0"}},
        {"a dotted key inside another section",
         {.section = "access.anonymous_write = true"},
         {"x.toml:4: store.access: is not a known key"}},
        {"anonymous writing from the network",
         {.top = "access.anonymous_write = true",
          .listener = "model = \"apc\"\nport = 1\naddress = \"0.0.0.0\""},
         {"x.toml:8: listener.address: \"0.0.0.0\" can be reached from the network while "
          "access.anonymous_write is true, so anyone there could write files: set "
          "access.anonymous_write to false, or listen on 127.0.0.1 or ::1"}},
        {"tls without a certificate",
         {.listener = "model = \"apc\"\nport = 1\ntls = true"},
         {"x.toml:8: listener.tls: needs tls.certificate_file and tls.key_file"}},
        {"tls with a certificate at fault",
         {.section = "[tls]\ncertificate_file = 1\nkey_file = 'k.pem'",
          .listener = "model = \"apc\"\nport = 1\ntls = true"},
         {"x.toml:5: tls.certificate_file: must be a string, not a whole number"}},
        {"a certificate without its key",
         {.section = "[tls]\ncertificate_file = 'c.pem'",
          .listener = "model = \"apc\"\nport = 1\ntls = true"},
         {"x.toml:5: tls.certificate_file: needs tls.key_file"}},
        {"a key without its certificate",
         {.section = "[tls]\n\nkey_file = 'k.pem'",
          .listener = "model = \"apc\"\nport = 1\ntls = true"},
         {"x.toml:6: tls.key_file: needs tls.certificate_file"}},
        {"certificates of clients alone",
         {.section = "[tls]\nclient_ca_file = 'a.pem'"},
         {"x.toml:5: tls.client_ca_file: needs tls.certificate_file and tls.key_file"}},
        {"anonymous writing from the network through tls",
         {.top = "access.anonymous_write = true",
          .section = "[tls]\ncertificate_file = 'c.pem'\nkey_file = 'k.pem'",
          .listener = "model = \"apc\"\nport = 1\naddress = \"::\"\ntls = true"},
         {"x.toml:10: listener.address: \"::\" can be reached from the network while "
          "access.anonymous_write is true, so anyone there could write files: set "
          "access.anonymous_write to false, or listen on 127.0.0.1 or ::1"}},
        {"a least rate above the greatest",
         {.section = "[limits]\nsend_bytes_per_second_max = 1500\n"
                     "send_bytes_per_second_min = 1501"},
         {"x.toml:6: limits.send_bytes_per_second_min: a connection held to its maximum would be "
          "cut as too slow, so send_bytes_per_second_min (1501) must not exceed "
          "send_bytes_per_second_max (1500)"}},
        {"a greatest rate below the least by default",
         {.section = "[limits]\nreceive_bytes_per_second_max = 127"},
         {"x.toml:5: limits.receive_bytes_per_second_max: a connection held to its maximum would "
          "be cut as too slow, so receive_bytes_per_second_min (128) must not exceed "
          "receive_bytes_per_second_max (127)"}},
        {"a listener at fault beside one like it",
         {.listener = "model = \"asio\"\nport = 1\n[[listener]]\nmodel = 7\nport = 1"},
         {"x.toml:9: listener.model: must be a string, not a whole number"}},
        {"a limit at fault beside one that would not suit it",
         {.section = "[limits]\nhead_bytes_max = true\ntarget_bytes_max = 65536"},
         {"x.toml:5: limits.head_bytes_max: must be a whole number, not true or false"}},
        {"a target longer than the head",
         {.section = "[limits]\nhead_bytes_max = 1024\ntarget_bytes_max = 1025"},
         {"x.toml:6: limits.target_bytes_max: a request target is part of the head, so "
          "target_bytes_max (1025) must not exceed head_bytes_max (1024)"}},
        {"a head shorter than the default target",
         {.section = "[limits]\nhead_bytes_max = 8191"},
         {"x.toml:5: limits.head_bytes_max: a request target is part of the head, so "
          "target_bytes_max (8192) must not exceed head_bytes_max (8191)"}},
    }));

TEST(ParseErrors, come_all_at_once_in_the_order_of_the_file) {
  const Lines expected{
      "x.toml:1: colour: is not a known key",
      "x.toml:3: store.root: must be a string, not a whole number",
      "x.toml:4: store.threds: is not a known key; did you mean \"threads\"?",
      "x.toml:5: listener.port: is required",
      "x.toml:6: listener.model: must be a string, not true or false",
  };
  const File file{.top = "colour = 'red'",
                  .store = "root = 1",
                  .section = "threds = 1",
                  .listener = "model = true"};
  EXPECT_EQ(problems_of(file.text()), expected);
  try {
    parse(file.text(), "x.toml");
  } catch (const ConfigError& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with(expected[0] + "\n" + expected[1] + "\n"));
    EXPECT_TRUE(std::string(error.what()).ends_with("\n" + expected[4]));
  }
}

TEST(ParseErrors, of_an_empty_file_name_no_line) {
  const Lines expected{"x.toml: store.root: is required",
                       "x.toml: listener: at least one is required, written [[listener]]"};
  EXPECT_EQ(problems_of(""), expected);
  EXPECT_EQ(problems_of("listener = []\nstore.root = 'C:\\a'"),
            Lines{"x.toml:1: listener: at least one is required"});
}

TEST(ParseErrors, of_listeners_that_are_no_tables) {
  EXPECT_EQ(problems_of("store.root = 'C:\\a'\nlistener = 1"),
            Lines{"x.toml:2: listener: must be an array of tables, written [[listener]], not a "
                  "number"});
  EXPECT_EQ(problems_of("store.root = 'C:\\a'\n[listener]\nport = 1"),
            Lines{"x.toml:2: listener: must be an array of tables, written [[listener]], not a "
                  "table"});
  EXPECT_EQ(problems_of("store.root = 'C:\\a'\nlistener = [\n1]"),
            Lines{"x.toml:3: listener: must be a table, not a number"});
}

TEST(ParseErrors, of_bad_syntax_name_the_line) {
  const auto only = [](const std::string& text) {
    const auto problems = problems_of(text);
    EXPECT_EQ(problems.size(), 1u);
    return problems.empty() ? std::string() : problems.front();
  };
  EXPECT_TRUE(only("\n[store\n").starts_with("x.toml:2: is not valid TOML: "))
      << only("\n[store\n");
  EXPECT_TRUE(only("a = 1\n\na = 2").starts_with("x.toml:3: is not valid TOML: "));
  EXPECT_TRUE(only("a = 99999999999999999999").starts_with("x.toml:1: is not valid TOML: "));
  EXPECT_TRUE(only("a = \"\xFF\"").starts_with("x.toml:1: is not valid TOML: "));
  const auto escape = only("[store]\nroot = \"C:\\Program Files\"");
  EXPECT_TRUE(escape.starts_with("x.toml:2: is not valid TOML: ")) << escape;
  EXPECT_TRUE(escape.ends_with("; put Windows paths in single quotes")) << escape;
}

TEST(ParseErrors, name_a_windows_file_as_it_is) {
  try {
    parse("[store]\nrot = 1", "C:\\ProgramData\\Overlap\\overlap.toml");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.problems().front(),
              "C:\\ProgramData\\Overlap\\overlap.toml:1: store.root: is required");
  }
}

TEST(ParseErrors, cut_long_values_between_characters) {
  const std::string text = "[store]\nroot = '" + std::string(79, 'a') + "ää'";
  const auto problems = problems_of(text);
  ASSERT_FALSE(problems.empty());
  EXPECT_TRUE(problems.front().ends_with("not \"" + std::string(79, 'a') + "...\""))
      << problems.front();
}

}  // namespace
}  // namespace overlap::config
