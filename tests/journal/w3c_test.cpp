// The log in the W3C extended format, byte by byte, and its rotation.
#include <windows.h>

#include "common/version.h"
#include "service/journal/w3c_log.h"
#include "service/log/wide.h"
#include "tests/journal/bench.h"

namespace overlap::journal {
namespace {

using W3c = JournalTest;

constexpr char fields_line[] =
    "#Fields: date time s-sitename cs-method cs-uri-stem cs-uri-query cs-username c-ip sc-status "
    "sc-bytes cs-bytes time-taken x-model x-result\r\n";

TEST_F(W3c, is_written_byte_by_byte_as_the_format_has_it) {
  config_.w3c_file = file("access.log");
  {
    JournalFile journal(config_, tuning_);
    journal.add(entry("/a b/c?x=1&y=2 3", noon + 999, "John Doe"));
    JournalEntry cut = entry("/\xC3\xA4\n?", noon + 86'400'000 + 1000);
    cut.peer = "[2001:db8::1]:443";
    cut.method = "PUT";
    cut.status = 0;
    cut.bytes_received = 12;
    cut.bytes_sent = 0;
    cut.seconds = 1.2345;
    cut.model = config::ModelName::asio;
    cut.listener = "in side";
    cut.result = TransferResult::incomplete;
    journal.add(cut);
  }
  const std::string expected =
      std::string("#Software: Overlap ") + program_version +
      "\r\n"
      "#Version: 1.0\r\n"
      "#Date: 2026-11-23 12:00:00\r\n" +
      std::string(fields_line) +
      "2026-11-23 12:00:00 device GET /a+b/c x=1&y=2+3 John+Doe 192.0.2.7 200 5 0 250 device "
      "done\r\n"
      "2026-11-24 12:00:01 in+side PUT /\xC3\xA4%0A - - 2001:db8::1 - 0 12 1235 asio "
      "incomplete\r\n";
  EXPECT_EQ(folder_.read("access.log"), expected);
}

TEST_F(W3c, begins_each_run_with_the_directives) {
  config_.w3c_file = file("access.log");
  const std::vector<JournalEntry> one{entry("/1")};
  W3cLog(config_).write(one);
  W3cLog(config_).write(one);
  const std::string run = w3c_directives(noon) + w3c_line(one[0]);
  EXPECT_EQ(folder_.read("access.log"), run + run);
}

TEST_F(W3c, rotates_before_a_line_that_would_be_one_byte_too_much) {
  config_.w3c_file = file("access.log");
  const std::vector<JournalEntry> one{entry("/1")};
  const std::string line = w3c_line(one[0]);
  const std::string directives = w3c_directives(noon);
  config_.w3c_rotation_bytes = directives.size() + 2 * line.size();
  W3cLog log(config_);
  log.write(one);
  log.write(one);
  EXPECT_EQ(names(), std::vector<std::string>{"access.log"});  // exactly full
  log.write(one);
  EXPECT_EQ(names(), (std::vector<std::string>{"access.00001.log", "access.log"}));
  EXPECT_EQ(folder_.read("access.00001.log"), directives + line + line);
  EXPECT_EQ(folder_.read("access.log"), directives + line);
  config_.w3c_rotation_bytes = directives.size() + 2 * line.size() - 1;
  log.set_bounds(config_);
  log.write(one);  // one past it
  EXPECT_EQ(folder_.read("access.00002.log"), directives + line);
}

TEST_F(W3c, keeps_so_many_files_and_no_more) {
  config_.w3c_file = file("access.log");
  config_.w3c_rotation_bytes = 1;  // each line a file
  config_.w3c_files_max = 3;
  folder_.write("access.00007.log", "of an earlier run");
  folder_.write("access.7.log", "of somebody else");
  folder_.write("access.0000x.log", "of somebody else");
  std::vector<JournalEntry> entries;
  for (int i = 0; i < 5; ++i) entries.push_back(entry("/" + std::to_string(i)));
  W3cLog log(config_);
  log.write(entries);
  EXPECT_EQ(names(), (std::vector<std::string>{"access.0000x.log", "access.00010.log",
                                               "access.00011.log", "access.7.log", "access.log"}));
  EXPECT_EQ(folder_.read("access.log"), w3c_directives(noon) + w3c_line(entries[4]));
  EXPECT_EQ(folder_.read("access.00011.log"), w3c_directives(noon) + w3c_line(entries[3]));
  config_.w3c_files_max = 1;
  log.set_bounds(config_);
  log.write(entries);
  EXPECT_EQ(names(), (std::vector<std::string>{"access.0000x.log", "access.7.log", "access.log"}));
}

TEST_F(W3c, grows_on_while_another_program_keeps_it_from_being_renamed) {
  config_.w3c_file = file("access.log");
  config_.w3c_rotation_bytes = 1;
  W3cLog log(config_);
  const std::vector<JournalEntry> one{entry("/1")};
  log.write(one);
  {
    const win::FileHandle reader(CreateFileW(win::to_wide(config_.w3c_file).c_str(), GENERIC_READ,
                                             FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                                             OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
    ASSERT_TRUE(reader);
    log.write(one);
    EXPECT_EQ(names(), std::vector<std::string>{"access.log"});
  }
  log.write(one);
  EXPECT_EQ(names(), (std::vector<std::string>{"access.00001.log", "access.log"}));
  const std::string run = w3c_directives(noon) + w3c_line(one[0]);
  EXPECT_EQ(folder_.read("access.00001.log"), run + run);
}

TEST_F(W3c, begins_and_ends_with_a_reload) {
  JournalFile journal(config_, tuning_);
  journal.add(entry("/1"));
  config::Journal with = config_;
  with.w3c_file = file("logs\\access.log");
  journal.reconfigure(with);
  journal.add(entry("/2"));
  expect_written(journal);
  const std::string expected = w3c_directives(noon) + w3c_line(entry("/2"));
  journal.reconfigure(config_);
  journal.add(entry("/3"));
  expect_written(journal);
  EXPECT_EQ(folder_.read("logs\\access.log"), expected);
  with.w3c_file = folder_.path().string();
  EXPECT_THROW(journal.reconfigure(with), std::system_error);
}

}  // namespace
}  // namespace overlap::journal
