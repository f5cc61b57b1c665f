#include <gtest/gtest.h>
#include <windows.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <thread>
#include <vector>

#include "service/log/log.h"
#include "service/log/outputs.h"
#include "service/log/recent.h"
#include "service/log/wide.h"

namespace overlap::log {
namespace {

namespace fs = std::filesystem;

class LogFile : public testing::Test {
 protected:
  // A folder with what Boost.Log takes for a placeholder in file names, and not all ASCII.
  LogFile() : folder_(fs::temp_directory_path() / L"overlap %N log\u00e4") {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    config_.file = win::to_utf8((folder_ / L"overlap.log").wstring());
    config_.event_log = false;
  }
  ~LogFile() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  static std::vector<std::string> lines_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
  std::vector<std::string> lines() const { return lines_of(folder_ / L"overlap.log"); }

  std::set<std::wstring> files() const {
    std::set<std::wstring> names;
    for (const auto& entry : fs::directory_iterator(folder_))
      names.insert(entry.path().filename().wstring());
    return names;
  }

  fs::path folder_;
  config::Log config_;
};

TEST_F(LogFile, takes_lines_of_its_level_and_above) {
  {
    const Logging logging(config_, Console::off);
    write(Severity::debug, "too little");
    write(Severity::info, "enough \u00e4");
    EXPECT_FALSE(enabled(Severity::debug));
    EXPECT_TRUE(enabled(Severity::info));
  }
  ASSERT_EQ(lines().size(), 1u);
  EXPECT_TRUE(lines()[0].ends_with("Z info    enough \u00e4")) << lines()[0];
}

TEST_F(LogFile, has_every_line_that_was_queued_when_logging_ends) {
  constexpr std::size_t count = queue_entries_max / 2;
  {
    const Logging logging(config_, Console::off);
    for (std::size_t i = 0; i < count; ++i) write(Severity::info, std::to_string(i));
  }
  const auto written = lines();
  ASSERT_EQ(written.size(), count);
  for (std::size_t i = 0; i < count; ++i)
    ASSERT_EQ(written[i].substr(written[i].rfind(' ') + 1), std::to_string(i));
}

TEST_F(LogFile, counts_what_a_flood_of_several_threads_loses) {
  constexpr std::size_t each = 3 * queue_entries_max;
  const std::uint64_t dropped_before = dropped();
  {
    const Logging logging(config_, Console::off);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i)
      threads.emplace_back([] {
        for (std::size_t n = 0; n < each; ++n) write(Severity::info, "flood");
      });
    threads.clear();
    write(Severity::error, "last");  // may be lost itself; then it is counted
    while (lines().empty()) Sleep(1);
  }
  std::size_t seen = 0;
  std::size_t missing = 0;
  for (const std::string& line : lines()) {
    const auto mark = line.find(" lines are missing here");
    if (mark == line.npos)
      ++seen;
    else
      missing += std::stoul(line.substr(line.rfind(' ', mark - 1)));
  }
  EXPECT_EQ(seen + missing, 3 * each + 1);
  EXPECT_GT(missing, 0u) << "the flood was too small to prove anything";
  EXPECT_EQ(dropped() - dropped_before, missing);
}

TEST_F(LogFile, appends_after_a_restart) {
  for (const char* text : {"first", "second"}) {
    const Logging logging(config_, Console::off);
    write(Severity::info, text);
  }
  ASSERT_EQ(lines().size(), 2u);
  EXPECT_TRUE(lines()[1].ends_with("second"));
}

TEST_F(LogFile, rotates_before_it_would_reach_its_size_and_keeps_its_number_of_files) {
  config_.rotation_bytes = 1'000;
  config_.files_max = 3;
  const std::string text(100 - 34, 'x');  // a line of 100 bytes with stamp, severity and end
  {
    const Logging logging(config_, Console::off);
    for (int i = 0; i < 95; ++i) write(Severity::info, text);
  }
  EXPECT_EQ(files().size(), 3u);
  EXPECT_TRUE(files().contains(L"overlap.log"));
  for (const auto& name : files()) {
    const auto size = fs::file_size(folder_ / name);
    EXPECT_LE(size, config_.rotation_bytes);
    if (name != L"overlap.log") {
      EXPECT_GE(size, config_.rotation_bytes - 100);
    }
  }
}

TEST_F(LogFile, counts_the_size_and_the_files_of_earlier_runs) {
  config_.rotation_bytes = 1'000;
  config_.files_max = 4;
  const std::string text(100 - 34, 'x');
  for (int run = 0; run < 20; ++run) {
    const Logging logging(config_, Console::off);
    for (int i = 0; i < 3; ++i) write(Severity::info, text);
  }
  EXPECT_EQ(files().size(), 4u);
  for (const auto& name : files()) EXPECT_LE(fs::file_size(folder_ / name), config_.rotation_bytes);
}

TEST_F(LogFile, has_the_rendered_text_of_an_event_whatever_the_level) {
  config_.level = Severity::error;
  {
    const Logging logging(config_, Console::off);
    event(EventId::started, {"0.0", "C:\\files", "127.0.0.1:8101"});
    event(EventId::start_failed, {"a\r\nb", "3"});
  }
  ASSERT_EQ(lines().size(), 2u);
  EXPECT_TRUE(lines()[0].ends_with(
      "info    Overlap 0.0 has started. It serves the folder C:\\files on 127.0.0.1:8101."))
      << lines()[0];
  EXPECT_NE(lines()[1].find("error   Overlap could not start: a\\x0d\\x0ab"), std::string::npos);
}

TEST_F(LogFile, has_each_event_that_the_event_log_collapses_or_leaves_out) {
  config_.event_log = true;
  {
    const Logging logging(config_, Console::off);
    for (int i = 0; i < 100; ++i) event(EventId::control_failed, {"pause", "a test of it"});
    event(EventId::continued, {});
  }
  EXPECT_EQ(lines().size(), 101u);
}

TEST_F(LogFile, is_made_with_its_folder) {
  config_.file = win::to_utf8((folder_ / L"new" / L"deeper" / L"a.log").wstring());
  { const Logging logging(config_, Console::off); }
  EXPECT_TRUE(fs::exists(folder_ / L"new" / L"deeper" / L"a.log"));
}

TEST_F(LogFile, that_cannot_be_made_is_an_error_that_names_it) {
  fs::create_directories(folder_ / L"folder.log");
  config_.file = win::to_utf8((folder_ / L"folder.log").wstring());
  try {
    const Logging logging(config_, Console::off);
    FAIL() << "no exception";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find(config_.file), std::string::npos) << error.what();
  }
  write(Severity::info, "after a failure");  // safe
}

TEST_F(LogFile, that_has_a_percent_sign_in_its_name_is_refused) {
  config_.file = win::to_utf8((folder_ / L"a%Nb.log").wstring());
  EXPECT_THROW(Logging(config_, Console::off), std::system_error);
}

TEST_F(LogFile, reconfigure_that_fails_changes_nothing) {
  fs::create_directories(folder_ / L"folder.log");
  {
    Logging logging(config_, Console::off);
    config::Log broken = config_;
    broken.file = win::to_utf8((folder_ / L"folder.log").wstring());
    EXPECT_THROW(logging.reconfigure(broken), std::system_error);
    write(Severity::info, "still here");
  }
  ASSERT_EQ(lines().size(), 1u);
}

TEST_F(LogFile, reconfigure_moves_to_another_file_and_level_without_losing_a_line) {
  const config::Log first = config_;
  config::Log second = config_;
  second.file = win::to_utf8((folder_ / L"second.log").wstring());
  second.level = Severity::error;
  {
    Logging logging(first, Console::off);
    for (int i = 0; i < 500; ++i) write(Severity::info, "early");
    logging.reconfigure(second);
    write(Severity::info, "below the new level");
    write(Severity::error, "late");
  }
  EXPECT_EQ(lines().size(), 500u);
  ASSERT_EQ(lines_of(folder_ / L"second.log").size(), 1u);
}

TEST_F(LogFile, reconfigure_of_the_levels_alone_goes_on_in_the_same_file) {
  config::Log second = config_;
  second.level = Severity::error;
  second.event_log_level = Severity::error;
  {
    Logging logging(config_, Console::off);
    write(Severity::info, "early");
    logging.reconfigure(second);
    EXPECT_FALSE(enabled(Severity::warning));
    write(Severity::info, "below the new level");
    write(Severity::error, "late");
    second.level = Severity::debug;
    logging.reconfigure(second);
    write(Severity::debug, "all");
  }
  ASSERT_EQ(lines().size(), 3u);
  EXPECT_TRUE(lines()[2].ends_with("debug   all")) << lines()[2];
  EXPECT_EQ(files().size(), 1u);
}

// Standard error of the process, for as long as it lives, in a file.
class StandardErrorInFile {
 public:
  explicit StandardErrorInFile(const fs::path& file)
      : old_(GetStdHandle(STD_ERROR_HANDLE)),
        file_(CreateFileW(file.c_str(), GENERIC_WRITE, FILE_SHARE_READ, nullptr, CREATE_ALWAYS, 0,
                          nullptr)) {
    SetStdHandle(STD_ERROR_HANDLE, file_);
  }
  ~StandardErrorInFile() {
    SetStdHandle(STD_ERROR_HANDLE, old_);
    CloseHandle(file_);
  }

 private:
  HANDLE old_;
  HANDLE file_;
};

TEST_F(LogFile, before_and_after_logging_lines_and_events_go_to_standard_error) {
  const fs::path error_file = folder_ / L"stderr";
  {
    const StandardErrorInFile redirected(error_file);
    write(Severity::info, "before");
    write(Severity::debug, "too little");
    { const Logging logging(config_, Console::off); }
    write(Severity::warning, "after");
    event(EventId::continued, {});
  }
  const auto written = lines_of(error_file);
  ASSERT_EQ(written.size(), 3u);
  EXPECT_TRUE(written[0].ends_with("info    before\r")) << written[0];
  EXPECT_TRUE(written[1].ends_with("warning after\r")) << written[1];
  EXPECT_TRUE(written[2].ends_with("serves new connections again after a pause.\r")) << written[2];
}

TEST_F(LogFile, and_console_have_the_same_lines) {
  const fs::path error_file = folder_ / L"stderr";
  {
    const StandardErrorInFile redirected(error_file);
    const Logging logging(config_, Console::on);
    write(Severity::info, "to both");
    event(EventId::paused, {});
  }
  ASSERT_EQ(lines_of(error_file).size(), 2u);
  EXPECT_EQ(lines_of(error_file)[0], lines()[0] + "\r");
  EXPECT_EQ(lines_of(error_file)[1], lines()[1] + "\r");
}

// What it reports is seen by whoever reads the Event Log; here it must only return.
TEST(Fatal, returns_whatever_it_is_told) {
  fatal("a test of it");
  fatal("");
  fatal(std::string(511, 'x').c_str());
  fatal(std::string(512, 'x').c_str());
}

}  // namespace
}  // namespace overlap::log
