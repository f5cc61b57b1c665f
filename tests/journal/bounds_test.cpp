// The journal is bounded by age and by size.
#include <filesystem>

#include "service/journal/database.h"
#include "service/log/wide.h"
#include "tests/journal/bench.h"

namespace overlap::journal {
namespace {

using Bounds = JournalTest;
using std::chrono::milliseconds;

std::int64_t unix_ms_now() {
  return std::chrono::duration_cast<milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

TEST_F(Bounds, deletes_what_is_too_old) {
  JournalFile journal(config_, tuning_);
  const std::int64_t now = unix_ms_now();
  constexpr std::int64_t hour = 3'600'000;
  for (int i = 0; i < 1'500; ++i) journal.add(entry("/old", now - 2 * hour));  // more than a step
  journal.add(entry("/young", now));
  expect_written(journal);
  EXPECT_EQ(journal.state().entries, 1'501u);
  config_.keep = std::chrono::hours(1);
  journal.reconfigure(config_);
  EXPECT_TRUE(comes_true([&] { return journal.state().entries == 1; }));
  EXPECT_EQ(paths(journal.find({})), std::vector<std::string>{"/young"});
}

TEST_F(Bounds, deletes_before_a_moment_and_not_at_it) {
  Database database(config_.file, tuning_);
  const std::vector<JournalEntry> entries{entry("/0", at(0)), entry("/1", at(1)),
                                          entry("/2", at(2))};
  database.write(entries);
  EXPECT_EQ(database.delete_before(at(1), 10), 1u);
  EXPECT_EQ(database.rows(), 2u);
  EXPECT_EQ(database.delete_before(at(3), 1), 1u);  // in steps
  EXPECT_EQ(database.delete_before(at(3), 1), 1u);
  EXPECT_EQ(database.delete_before(at(3), 1), 0u);
}

TEST_F(Bounds, gives_no_id_twice_although_all_entries_are_deleted) {
  Database database(config_.file, tuning_);
  const std::vector<JournalEntry> entries{entry("/0"), entry("/1")};
  database.write(entries);
  EXPECT_EQ(database.delete_oldest(10), 2u);
  database.write(entries);
  const Connection connection(config_.file, Access::read, tuning_.busy);
  EXPECT_EQ(connection.number("SELECT min(id) FROM transfers"), 3);
}

TEST_F(Bounds, deletes_the_oldest_of_a_file_that_is_too_long_and_cuts_it) {
  config_.bytes_max = 1024 * 1024;
  std::uint64_t length = 0;
  {
    JournalFile journal(config_, tuning_);
    const std::string path = "/" + std::string(200, 'x');
    for (int i = 0; i < 6'000; ++i) journal.add(entry(path + std::to_string(i), at(i)));
    expect_written(journal);
    ASSERT_TRUE(comes_true([&] {
      const JournalState state = journal.state();
      return state.entries < 6'000 && state.file_bytes <= config_.bytes_max;
    })) << journal.state().file_bytes;
    JournalQuery query;
    query.limit = 1;
    EXPECT_EQ(paths(journal.find(query)), std::vector<std::string>{path + "5999"});
    query.until_unix_ms = at(100);
    EXPECT_TRUE(journal.find(query).entries.empty());  // the oldest have gone
    EXPECT_GT(journal.state().entries, 1'000u);        // and no more than need be
    // Once there is room, it is used: the file stays as it is.
    for (int i = 0; i < 20; ++i) journal.add(entry("/y", at(6'000 + i)));
    expect_written(journal);
  }
  length = std::filesystem::file_size(win::to_wide(config_.file));
  EXPECT_LE(length, config_.bytes_max);
}

TEST_F(Bounds, shrinks_when_the_bound_is_lowered) {
  JournalFile journal(config_, tuning_);
  const std::string path = "/" + std::string(200, 'x');
  for (int i = 0; i < 8'000; ++i) journal.add(entry(path + std::to_string(i)));
  expect_written(journal);
  EXPECT_GT(journal.state().file_bytes, 3u << 20);
  config_.bytes_max = 2 << 20;
  journal.reconfigure(config_);
  EXPECT_TRUE(comes_true([&] { return journal.state().file_bytes <= config_.bytes_max; }))
      << journal.state().file_bytes;
  EXPECT_GT(journal.state().entries, 1'000u);
}

}  // namespace
}  // namespace overlap::journal
