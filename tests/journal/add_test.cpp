// What is added, when it is written, and what happens while it cannot be.
#include <windows.h>

#include <filesystem>
#include <limits>
#include <thread>

#include "service/journal/entry_text.h"
#include "service/log/wide.h"
#include "tests/journal/bench.h"

namespace overlap::journal {
namespace {

using Adding = JournalTest;

TEST_F(Adding, keeps_every_member_of_an_entry) {
  JournalFile journal(config_, tuning_);
  JournalEntry sent = entry("/a b/\xC3\xA4?x=1", at(1), "J\xC3\xBCrgen");
  sent.seconds = 1.5;
  sent.listener = "inside";
  sent.model = config::ModelName::apc;
  sent.peer = "[2001:db8::1]:443";
  sent.method = "PATCH";
  sent.status = 0;
  sent.bytes_received = 1ull << 40;
  sent.bytes_sent = 7;
  sent.result = TransferResult::suspended;
  sent.digest = "sha-256=:AAAA:";
  journal.add(sent);
  expect_written(journal);
  const JournalPage page = journal.find({});
  ASSERT_EQ(page.entries.size(), 1u);
  const JournalEntry& found = page.entries[0];
  EXPECT_EQ(found.id, 1);
  EXPECT_EQ(found.unix_ms, sent.unix_ms);
  EXPECT_EQ(found.seconds, 1.5);
  EXPECT_EQ(found.listener, "inside");
  EXPECT_EQ(found.model, config::ModelName::apc);
  EXPECT_EQ(found.peer, sent.peer);
  EXPECT_EQ(found.user, sent.user);
  EXPECT_EQ(found.method, "PATCH");
  EXPECT_EQ(found.path, sent.path);
  EXPECT_EQ(found.status, 0);
  EXPECT_EQ(found.bytes_received, sent.bytes_received);
  EXPECT_EQ(found.bytes_sent, 7u);
  EXPECT_EQ(found.result, TransferResult::suspended);
  EXPECT_EQ(found.digest, sent.digest);
}

TEST_F(Adding, counts_more_bytes_than_sqlite_can_as_the_most_it_can) {
  JournalFile journal(config_, tuning_);
  JournalEntry sent = entry("/");
  sent.bytes_received = std::numeric_limits<std::uint64_t>::max();
  journal.add(sent);
  expect_written(journal);
  EXPECT_EQ(journal.find({}).entries.at(0).bytes_received,
            static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
}

TEST_F(Adding, takes_text_for_data) {
  JournalFile journal(config_, tuning_);
  const std::string path = "/'); DROP TABLE transfers; --";
  journal.add(entry(path, noon, "' OR 1=1 --"));
  expect_written(journal);
  JournalQuery query;
  query.path = path;
  query.user = "' OR 1=1 --";
  EXPECT_EQ(journal.find(query).entries.size(), 1u);
  query.user = "' OR 1=1";
  EXPECT_EQ(journal.find(query).entries.size(), 0u);
}

TEST_F(Adding, keeps_what_was_written_when_it_is_opened_again) {
  {
    JournalFile journal(config_, tuning_);
    journal.add(entry("/one"));
  }                                                            // writes what waits
  EXPECT_EQ(names(), std::vector<std::string>{"journal.db"});  // the log of SQLite is folded in
  JournalFile journal(config_, tuning_);
  EXPECT_EQ(journal.state().entries, 1u);
  journal.add(entry("/two"));
  expect_written(journal);
  const JournalPage page = journal.find({});
  EXPECT_EQ(paths(page), (std::vector<std::string>{"/two", "/one"}));
  EXPECT_EQ(page.entries[0].id, 2);
  EXPECT_EQ(journal.state().written_total, 1u);
}

TEST_F(Adding, makes_the_folder_and_takes_names_that_are_not_ascii) {
  config_.file = file("\xC3\xBC \xE2\x82\xAC\\journal.db");
  JournalFile journal(config_, tuning_);
  EXPECT_TRUE(std::filesystem::exists(win::to_wide(config_.file)));
}

TEST_F(Adding, is_found_although_the_writer_is_at_work) {
  JournalFile journal(config_, tuning_);
  std::thread adding([&] {
    for (int i = 0; i < 5'000; ++i) journal.add(entry("/" + std::to_string(i)));
  });
  std::size_t before = 0;
  for (int i = 0; i < 50; ++i) {
    JournalQuery query;
    query.limit = 1000;
    const std::size_t found = journal.find(query).entries.size();
    EXPECT_GE(found, before);
    before = found;
  }
  adding.join();
  expect_written(journal);
  EXPECT_EQ(journal.state().entries, 5'000u);
  EXPECT_EQ(journal.state().dropped_total, 0u);
}

TEST_F(Adding, drops_and_counts_what_finds_the_queue_full) {
  tuning_.queue_entries_max = 4;
  JournalFile journal(config_, tuning_);
  {
    const Locked lock(config_.file);
    for (int i = 0; i < 4; ++i) journal.add(entry("/" + std::to_string(i)));
    EXPECT_EQ(journal.state().waiting, 4u);
    EXPECT_EQ(journal.state().dropped_total, 0u);
    journal.add(entry("/4"));
    EXPECT_EQ(journal.state().waiting, 4u);
    EXPECT_EQ(journal.state().dropped_total, 1u);
  }
  expect_written(journal);
  EXPECT_EQ(paths(journal.find({})), (std::vector<std::string>{"/3", "/2", "/1", "/0"}));
}

TEST_F(Adding, tells_of_a_locked_file_and_writes_later) {
  tuning_.batch_entries_max = 2;
  JournalFile journal(config_, tuning_);
  {
    const Locked lock(config_.file);
    for (int i = 0; i < 5; ++i) journal.add(entry("/" + std::to_string(i)));
    ASSERT_TRUE(comes_true([&] { return !journal.state().problem.empty(); }));
    EXPECT_EQ(journal.state().problem, "database is locked");
    EXPECT_EQ(journal.state().waiting, 5u);
    EXPECT_EQ(journal.find({}).entries.size(), 0u);  // reading goes on
  }
  EXPECT_TRUE(comes_true([&] { return journal.state().problem.empty(); }));
  expect_written(journal);
  EXPECT_EQ(journal.find({}).entries.size(), 5u);
  EXPECT_EQ(journal.state().written_total, 5u);
}

// As on a full volume: nothing more can be inserted, and what needs no room still works.
TEST_F(Adding, tells_once_that_there_is_no_room_and_writes_when_there_is) {
  JournalFile journal(config_, tuning_);
  journal.add(entry("/0"));
  expect_written(journal);
  Connection other(config_.file, Access::write, std::chrono::seconds(10));
  other.run("CREATE UNIQUE INDEX no_second ON transfers(status)");
  journal.add(entry("/1"));
  ASSERT_TRUE(comes_true([&] { return !journal.state().problem.empty(); }));
  for (int i = 2; i < 100; ++i) {
    journal.add(entry("/" + std::to_string(i)));
    EXPECT_NE(journal.state().problem, "") << "after " << i << " entries";
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  other.run("DROP INDEX no_second");
  expect_written(journal);
  EXPECT_TRUE(comes_true([&] { return journal.state().problem.empty(); }));
  EXPECT_EQ(journal.state().written_total, 100u);
}

TEST_F(Adding, ends_although_nothing_can_be_written) {
  {
    JournalFile journal(config_, tuning_);
    const Locked lock(config_.file);
    journal.add(entry("/lost"));
    ASSERT_TRUE(comes_true([&] { return !journal.state().problem.empty(); }));
    // The journal is destroyed after the lock: tried once more, it is written then.
  }
  JournalFile journal(config_, tuning_);
  EXPECT_EQ(journal.state().entries, 1u);
}

TEST_F(Adding, writes_nothing_if_it_is_not_enabled) {
  config_.enabled = false;
  JournalFile journal(config_, tuning_);
  journal.add(entry("/a"));
  const JournalState state = journal.state();
  EXPECT_FALSE(state.enabled);
  EXPECT_EQ(state.waiting, 0u);
  EXPECT_EQ(journal.find({}).entries.size(), 0u);
  EXPECT_TRUE(names().empty());
}

TEST_F(Adding, goes_on_in_another_file_after_a_reload) {
  JournalFile journal(config_, tuning_);
  journal.add(entry("/old"));
  config::Journal other = config_;
  other.file = file("other.db");
  journal.reconfigure(other);
  journal.add(entry("/new"));
  expect_written(journal);
  EXPECT_EQ(paths(journal.find({})), std::vector<std::string>{"/new"});
  journal.reconfigure(config_);
  EXPECT_EQ(paths(journal.find({})), std::vector<std::string>{"/old"});
  other.enabled = false;
  journal.reconfigure(other);
  journal.add(entry("/nowhere"));
  EXPECT_FALSE(journal.state().enabled);
  journal.reconfigure(config_);
  EXPECT_EQ(journal.state().entries, 1u);
}

TEST_F(Adding, keeps_its_file_if_another_one_cannot_be_opened) {
  JournalFile journal(config_, tuning_);
  config::Journal other = config_;
  other.file = file("folder");
  std::filesystem::create_directory(win::to_wide(other.file));
  try {
    journal.reconfigure(other);
    FAIL() << "a folder was opened";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find(other.file), std::string::npos) << error.what();
  }
  journal.add(entry("/still"));
  expect_written(journal);
  EXPECT_EQ(paths(journal.find({})), std::vector<std::string>{"/still"});
}

TEST(StoredText, escapes_what_is_not_utf8_or_is_a_control_character) {
  EXPECT_EQ(stored_text("/a \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", 100),
            "/a \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(stored_text(std::string_view("\0\n\x1F\x7F", 4), 100), "%00%0A%1F%7F");
  EXPECT_EQ(stored_text("\xFF\x80 \xC3", 100), "%FF%80 %C3");
  EXPECT_EQ(stored_text("\xC2\x85", 100), "%C2%85");                // a control of ISO 6429
  EXPECT_EQ(stored_text("\xC0\xAF", 100), "%C0%AF");                // longer than need be
  EXPECT_EQ(stored_text("\xED\xA0\x80", 100), "%ED%A0%80");         // half of a pair
  EXPECT_EQ(stored_text("\xF4\x90\x80\x80", 100), "%F4%90%80%80");  // behind the last one
  EXPECT_EQ(stored_text("\xE2\x82", 100), "%E2%82");
}

TEST(StoredText, is_cut_between_two_characters) {
  EXPECT_EQ(stored_text("abc", 3), "abc");
  EXPECT_EQ(stored_text("abcd", 3), "abc");
  EXPECT_EQ(stored_text("ab\xC3\xA4", 4), "ab\xC3\xA4");
  EXPECT_EQ(stored_text("ab\xC3\xA4", 3), "ab");
  EXPECT_EQ(stored_text("a\xFF", 4), "a%FF");
  EXPECT_EQ(stored_text("a\xFF", 3), "a");
}

TEST_F(Adding, cuts_a_path_at_its_bound) {
  JournalFile journal(config_, tuning_);
  const std::string longest(path_bytes_max, 'x');
  journal.add(entry(longest));
  journal.add(entry(longest + "y"));
  expect_written(journal);
  EXPECT_EQ(paths(journal.find({})), (std::vector<std::string>{longest, longest}));
}

}  // namespace
}  // namespace overlap::journal
