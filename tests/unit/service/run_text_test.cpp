#include "service/crash/run_text.h"

#include <gtest/gtest.h>

#include <array>

namespace overlap::crash {
namespace {

RunRecord begun() {
  RunRecord run;
  run.process = 4711;
  run.started = "2026-11-23T15:45:22Z";
  run.version = "0.1.0";
  return run;
}

std::string line(std::string_view key, std::string_view value, std::size_t size = 64) {
  std::string text(size, '?');
  text.resize(write_line(text.data(), size, key, value));
  return text;
}

TEST(RunText, is_read_as_it_was_written) {
  EXPECT_EQ(to_text(begun()), "process = 4711\nstarted = 2026-11-23T15:45:22Z\nversion = 0.1.0\n");
  EXPECT_EQ(parse_run(to_text(begun())), begun());
}

TEST(RunText, has_what_a_crash_added) {
  RunRecord crashed = begun();
  crashed.crash = "a stack overflow";
  crashed.dump = "C:\\a = b\\x.dmp";
  EXPECT_EQ(
      parse_run(to_text(begun()) + line(crash_key, crashed.crash) + line(dump_key, crashed.dump)),
      crashed);
}

TEST(RunText, of_any_bytes_gives_what_is_understood) {
  EXPECT_EQ(parse_run(""), RunRecord());
  EXPECT_EQ(parse_run(std::string(4'096, '\0')), RunRecord());
  EXPECT_EQ(parse_run("process = 12x\n"), RunRecord());
  EXPECT_EQ(parse_run("process = 99999999999\n"), RunRecord());
  EXPECT_EQ(parse_run("dump=x\n = \n\nunknown = 1\n"), RunRecord());
  EXPECT_EQ(parse_run("process = 4711\nstarted = 2026-11").process, 4711u);
  EXPECT_EQ(parse_run("process = 4711\nstarted = 2026-11").started, "");  // cut off
}

TEST(RunText, a_value_stays_on_its_line) {
  EXPECT_EQ(line("crash", "one\r\ndump = two\x7F"), "crash = one  dump = two \n");
}

TEST(RunText, a_line_is_cut_one_byte_past_its_bound) {
  EXPECT_EQ(line("k", "12345678", 13), "k = 12345678\n");
  EXPECT_EQ(line("k", "12345678", 12), "k = 1234567\n");
  EXPECT_EQ(line("k", "12345678", 5), "k = \n");
  EXPECT_EQ(line("k", "12345678", 4), "");
}

TEST(RunText, says_what_was_left) {
  RunRecord run = begun();
  EXPECT_NE(left_by(run).find("ended from outside"), std::string::npos);
  run.crash = "a stack overflow";
  EXPECT_EQ(left_by(run),
            "It crashed: a stack overflow. It left no dump: it ended while writing it.");
  run.no_dump = "CreateFile failed with error 0x5";
  EXPECT_EQ(left_by(run),
            "It crashed: a stack overflow. It left no dump: CreateFile failed with error 0x5.");
  run.dump = "C:\\x.dmp";
  EXPECT_EQ(left_by(run),
            "It crashed: a stack overflow. The dump is in the file C:\\x.dmp, which may hold data "
            "of users.");
}

TEST(RunText, says_that_it_does_not_know) {
  EXPECT_EQ(process_of(RunRecord()), "unknown");
  EXPECT_EQ(start_of(RunRecord()), "an unknown time");
  EXPECT_EQ(process_of(begun()), "4711");
  EXPECT_EQ(start_of(begun()), "2026-11-23T15:45:22Z");
}

}  // namespace
}  // namespace overlap::crash
