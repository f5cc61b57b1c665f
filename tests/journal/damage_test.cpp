// Files that are damaged, of others, or of a process that was killed.
#include <windows.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "service/journal/database.h"
#include "service/journal/schema.h"
#include "service/log/wide.h"
#include "service/win/handle.h"
#include "tests/journal/bench.h"

namespace overlap::journal {
namespace {

using Damage = JournalTest;

std::size_t set_aside_count(const std::vector<std::string>& names) {
  return static_cast<std::size_t>(std::count_if(names.begin(), names.end(), [](const auto& name) {
    return name.starts_with("journal.db.corrupt-2") && !name.ends_with("-wal");
  }));
}

TEST_F(Damage, is_set_aside_at_the_start) {
  folder_.write("journal.db", std::string(10'000, 'x'));
  JournalFile journal(config_, tuning_);
  journal.add(entry("/a"));
  expect_written(journal);
  EXPECT_EQ(journal.state().problem, "");
  EXPECT_EQ(paths(journal.find({})), std::vector<std::string>{"/a"});
  EXPECT_EQ(set_aside_count(names()), 1u);
}

TEST_F(Damage, is_set_aside_with_its_log_and_under_a_name_that_is_free) {
  std::vector<std::string> expected;
  for (int i = 0; i < 2; ++i) {
    folder_.write("journal.db", "damaged");
    folder_.write("journal.db-wal", "its log");
    folder_.write("journal.db-shm", "what SQLite makes anew");
    const std::string aside = set_aside(config_.file);
    const std::string name = aside.substr(aside.rfind('\\') + 1);
    EXPECT_EQ(folder_.read(name), "damaged");
    EXPECT_EQ(folder_.read(name + "-wal"), "its log");
    expected.insert(expected.end(), {name, name + "-wal"});
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(names(), expected);
}

TEST_F(Damage, is_set_aside_when_it_is_found_at_work) {
  {
    Database database(config_.file, tuning_);
    std::vector<JournalEntry> entries;
    for (int i = 0; i < 3'000; ++i) entries.push_back(entry("/" + std::to_string(i)));
    database.write(entries);
  }
  {  // all but the first pages, which hold the schema, and those that are read at the start
    std::fstream file(std::filesystem::path(win::to_wide(config_.file)),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(0, std::ios::end);
    const auto length = static_cast<std::size_t>(file.tellg());
    const Connection connection(config_.file, Access::read, tuning_.busy);
    const auto root =
        connection.number("SELECT rootpage FROM sqlite_schema WHERE name = 'transfers'");
    const std::string rubbish(4096, '\xA5');
    file.seekp((root - 1) * 4096);
    file.write(rubbish.data(), static_cast<std::streamsize>(rubbish.size()));
    ASSERT_GT(length, 100'000u);
  }
  JournalFile journal(config_, tuning_);
  journal.add(entry("/after"));
  expect_written(journal);
  EXPECT_EQ(journal.state().problem, "");
  EXPECT_EQ(paths(journal.find({})), std::vector<std::string>{"/after"});
  EXPECT_EQ(set_aside_count(names()), 1u);
}

TEST_F(Damage, that_a_search_finds_has_the_file_replaced) {
  {
    JournalFile journal(config_, tuning_);
    for (int i = 0; i < 3'000; ++i) journal.add(entry("/" + std::to_string(i), noon, "ann"));
  }
  {
    const Connection connection(config_.file, Access::read, tuning_.busy);
    const auto root =
        connection.number("SELECT rootpage FROM sqlite_schema WHERE name = 'transfers_by_user'");
    std::fstream file(std::filesystem::path(win::to_wide(config_.file)),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((root - 1) * 4096);
    file.write(std::string(4096, '\xA5').data(), 4096);
  }
  JournalFile journal(config_, tuning_);
  JournalQuery query;
  query.user = "ann";
  // Damage that the start meets has had the file replaced then already.
  try {
    EXPECT_TRUE(journal.find(query).entries.empty());
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("malformed"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(comes_true([&] { return set_aside_count(names()) == 1; }));
  EXPECT_TRUE(comes_true([&] { return journal.state().entries == 0; }));
}

TEST_F(Damage, is_not_seen_in_a_database_of_another_program) {
  Connection(config_.file, Access::write, tuning_.busy).run("CREATE TABLE theirs(x)");
  try {
    JournalFile journal(config_, tuning_);
    FAIL() << "it was taken over";
  } catch (const std::runtime_error& error) {
    const std::string expected =
        "cannot open the journal " + config_.file + ": it is a database of another program";
    EXPECT_EQ(error.what(), expected);
  }
  EXPECT_EQ(Connection(config_.file, Access::read, tuning_.busy)
                .number("SELECT count(*) FROM sqlite_schema"),
            1);
}

TEST_F(Damage, is_not_done_to_a_file_of_a_newer_version) {
  { Database database(config_.file, tuning_); }
  const std::string next = std::to_string(newest_schema() + 1);
  Connection(config_.file, Access::write, tuning_.busy)
      .run(("PRAGMA user_version = " + next).c_str());
  try {
    JournalFile journal(config_, tuning_);
    FAIL() << "it was opened";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("newer version of Overlap (schema " + next),
              std::string::npos)
        << error.what();
  }
}

// The part of the process that is killed: writes until it is.
constexpr wchar_t killed_file[] = L"OVERLAP_JOURNAL_TO_BE_KILLED";

TEST_F(Damage, DISABLED_writes_until_it_is_killed) {
  std::wstring name(32'768, L'\0');
  name.resize(GetEnvironmentVariableW(killed_file, name.data(), 32'768));
  if (name.empty()) return;
  config_.file = win::to_utf8(name);
  JournalFile journal(config_, tuning_);
  for (int i = 0;; ++i) {
    journal.add(entry("/" + std::to_string(i)));
    if (i % 500 == 0) expect_written(journal);
  }
}

win::KernelHandle start_writing(const std::string& file) {
  SetEnvironmentVariableW(killed_file, win::to_wide(file).c_str());
  std::wstring self(32'768, L'\0');
  self.resize(GetModuleFileNameW(nullptr, self.data(), 32'768));
  std::wstring line = L"\"" + self +
                      L"\" --gtest_also_run_disabled_tests --gtest_brief=1 "
                      L"--gtest_filter=Damage.DISABLED_writes_until_it_is_killed";
  STARTUPINFOW start{};
  start.cb = sizeof start;
  PROCESS_INFORMATION process{};
  EXPECT_TRUE(CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr,
                             &start, &process))
      << GetLastError();
  CloseHandle(process.hThread);
  return win::KernelHandle(process.hProcess);
}

TEST_F(Damage, is_not_done_by_killing_the_process_while_it_writes) {
  std::uint64_t before = 0;
  for (int round = 0; round < 3; ++round) {
    const win::KernelHandle process = start_writing(config_.file);
    std::uint64_t seen = 0;
    EXPECT_TRUE(comes_true([&] {
      try {
        const Connection connection(config_.file, Access::read, std::chrono::seconds(1));
        seen = static_cast<std::uint64_t>(connection.number("SELECT count(*) FROM transfers"));
      } catch (const SqliteError&) {
        return false;  // not there yet
      }
      return seen >= before + 1'000;
    }));
    EXPECT_TRUE(TerminateProcess(process.get(), 1));
    EXPECT_EQ(WaitForSingleObject(process.get(), 60'000), WAIT_OBJECT_0);
    Database database(config_.file, tuning_);
    EXPECT_TRUE(database.is_sound());
    EXPECT_GE(database.rows(), seen);  // what was written once stays
    before = database.rows();
  }
  EXPECT_EQ(set_aside_count(names()), 0u);
}

}  // namespace
}  // namespace overlap::journal
