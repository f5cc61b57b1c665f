// Filters, pages and their cursor.
#include "service/journal/tuning.h"
#include "tests/journal/bench.h"

namespace overlap::journal {
namespace {

class Finding : public JournalTest {
 protected:
  using Paths = std::vector<std::string>;

  void add(const JournalEntry& sent) { journal_.add(sent); }
  Paths found(const JournalQuery& query) {
    expect_written(journal_);
    return paths(journal_.find(query));
  }

  JournalFile journal_{config_, tuning_};
};

TEST_F(Finding, gives_the_newest_first) {
  for (const char* path : {"/1", "/2", "/3"}) add(entry(path));
  EXPECT_EQ(found({}), (Paths{"/3", "/2", "/1"}));
}

TEST_F(Finding, takes_since_for_inclusive_and_until_for_exclusive) {
  for (int i = 0; i < 5; ++i) add(entry("/" + std::to_string(i), at(i)));
  JournalQuery query;
  query.since_unix_ms = at(1);
  query.until_unix_ms = at(3);
  EXPECT_EQ(found(query), (Paths{"/2", "/1"}));
  query.until_unix_ms.reset();
  EXPECT_EQ(found(query), (Paths{"/4", "/3", "/2", "/1"}));
  query.since_unix_ms.reset();
  query.until_unix_ms = at(0);
  EXPECT_EQ(found(query), Paths{});
  query.until_unix_ms = at(0) + 1;
  EXPECT_EQ(found(query), Paths{"/0"});
}

TEST_F(Finding, keeps_to_the_window_although_the_clock_was_set_back) {
  add(entry("/before", at(0)));
  add(entry("/ahead", at(100)));
  add(entry("/back", at(1)));
  JournalQuery query;
  query.since_unix_ms = at(0);
  query.until_unix_ms = at(50);
  EXPECT_EQ(found(query), (Paths{"/back", "/before"}));
}

TEST_F(Finding, takes_a_path_exactly_or_with_all_below_it) {
  for (const char* path : {"/a", "/a/", "/a/b", "/a/b/c", "/a0", "/a.", "/A/b", "/%_"})
    add(entry(path));
  JournalQuery query;
  query.path = "/a";
  EXPECT_EQ(found(query), Paths{"/a"});
  query.path = "/a/";
  EXPECT_EQ(found(query), (Paths{"/a/b/c", "/a/b", "/a/"}));
  query.path = "/";
  EXPECT_EQ(found(query).size(), 8u);
  query.path = "/%";
  EXPECT_EQ(found(query), Paths{});
  query.path = "/%_/";
  EXPECT_EQ(found(query), Paths{});
}

TEST_F(Finding, finds_a_path_by_what_was_sent_although_it_is_stored_escaped) {
  add(entry("/\xFF"));
  JournalQuery query;
  query.path = "/\xFF";
  EXPECT_EQ(found(query), Paths{"/%FF"});
}

TEST_F(Finding, takes_an_empty_user_for_those_without_a_name) {
  add(entry("/nobody"));
  add(entry("/ann", noon, "ann"));
  JournalQuery query;
  EXPECT_EQ(found(query).size(), 2u);
  query.user = "";
  EXPECT_EQ(found(query), Paths{"/nobody"});
  query.user = "ann";
  EXPECT_EQ(found(query), Paths{"/ann"});
  query.user = "Ann";
  EXPECT_EQ(found(query), Paths{});
}

TEST_F(Finding, combines_all_filters) {
  JournalEntry wanted = entry("/x/file", at(5), "ann");
  wanted.method = "PUT";
  wanted.result = TransferResult::incomplete;
  wanted.model = config::ModelName::event;
  wanted.listener = "inside";
  add(wanted);
  JournalQuery query;
  query.since_unix_ms = at(5);
  query.until_unix_ms = at(6);
  query.path = "/x/";
  query.user = "ann";
  query.model = config::ModelName::event;
  query.listener = "inside";
  query.method = "PUT";
  query.result = TransferResult::incomplete;
  query.before = 2;
  EXPECT_EQ(found(query), Paths{"/x/file"});
  // Each of them alone keeps it out.
  const std::vector<std::function<void(JournalQuery&)>> others{
      [](JournalQuery& q) { q.since_unix_ms = at(5) + 1; },
      [](JournalQuery& q) { q.until_unix_ms = at(5); },
      [](JournalQuery& q) { q.path = "/y/"; },
      [](JournalQuery& q) { q.user = ""; },
      [](JournalQuery& q) { q.model = config::ModelName::asio; },
      [](JournalQuery& q) { q.listener = "outside"; },
      [](JournalQuery& q) { q.method = "put"; },
      [](JournalQuery& q) { q.result = TransferResult::done; },
      [](JournalQuery& q) { q.before = 1; }};
  for (std::size_t i = 0; i < others.size(); ++i) {
    JournalQuery other = query;
    others[i](other);
    EXPECT_EQ(found(other), Paths{}) << i;
  }
}

TEST_F(Finding, pages_through_all_while_others_are_added) {
  for (int i = 0; i < 10; ++i) add(entry("/" + std::to_string(i)));
  JournalQuery query;
  query.limit = 4;
  Paths all = found(query);
  JournalPage page = journal_.find(query);
  while (page.next) {
    add(entry("/new"));
    query.before = page.next;
    expect_written(journal_);
    page = journal_.find(query);
    for (const std::string& path : paths(page)) all.push_back(path);
  }
  EXPECT_EQ(all, (Paths{"/9", "/8", "/7", "/6", "/5", "/4", "/3", "/2", "/1", "/0"}));
}

TEST_F(Finding, has_no_next_page_if_the_last_entry_is_on_this_one) {
  for (int i = 0; i < 4; ++i) add(entry("/" + std::to_string(i)));
  JournalQuery query;
  query.limit = 4;
  EXPECT_EQ(found(query).size(), 4u);
  EXPECT_FALSE(journal_.find(query).next);
  query.limit = 3;
  EXPECT_EQ(journal_.find(query).next, 2);
}

TEST_F(Finding, bounds_the_limit) {
  for (int i = 0; i < 1001; ++i) add(entry("/" + std::to_string(i)));
  JournalQuery query;
  query.limit = 0;
  EXPECT_EQ(found(query).size(), 1u);
  query.limit = 1000;
  EXPECT_EQ(found(query).size(), 1000u);
  query.limit = 1001;
  EXPECT_EQ(found(query).size(), 1000u);
}

TEST_F(Finding, gives_the_same_below_a_folder_of_many_entries_as_of_few) {
  const int many = 5'200;  // more than are sorted
  for (int i = 0; i < many; ++i) {
    add(entry(i % 100 == 0 ? "/few/" + std::to_string(i) : "/many/" + std::to_string(i)));
  }
  JournalQuery query;
  query.limit = 3;
  query.path = "/many/";
  EXPECT_EQ(found(query), (Paths{"/many/5199", "/many/5198", "/many/5197"}));
  query.path = "/few/";
  EXPECT_EQ(found(query), (Paths{"/few/5100", "/few/5000", "/few/4900"}));
}

using SlowFinding = JournalTest;

TEST_F(SlowFinding, is_given_up_when_it_takes_too_long) {
  tuning_.search_time_max = std::chrono::milliseconds(0);
  JournalFile journal(config_, tuning_);
  for (int i = 0; i < 5'000; ++i) journal.add(entry("/" + std::to_string(i)));
  expect_written(journal);
  JournalQuery query;
  query.method = "NONE";
  try {
    journal.find(query);
    FAIL() << "it was found in no time";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "The search took too long: narrow it down by time, user or path.");
  }
  EXPECT_EQ(journal.state().problem, "");
}

}  // namespace
}  // namespace overlap::journal
