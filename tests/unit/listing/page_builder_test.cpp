#include "common/listing/page_builder.h"

#include <gtest/gtest.h>

#include <iterator>

#include "listing_texts.h"

namespace overlap::listing {
namespace {

std::vector<std::string> names_of(const Listing& listing) {
  std::vector<std::string> names;
  for (const auto& entry : listing.entries) names.push_back(entry.name);
  return names;
}
using Names = std::vector<std::string>;

const std::vector<ListEntry> folder{
    {"b.txt", false, 3, 30}, {"B.txt", false, 1, 10}, {"a.txt", false, 2, 20},
    {"z", true, 0, 5},       {"Y", true, 0, 40},      {"ä.txt", false, 2, 20},
};

TEST(PageBuilder, puts_folders_first_and_compares_names_without_case) {
  EXPECT_EQ(names_of(page_of(folder, {.entries_max = 9})),
            (Names{"Y", "z", "a.txt", "B.txt", "b.txt", "ä.txt"}));
}

TEST(PageBuilder, keeps_folders_first_downwards) {
  EXPECT_EQ(names_of(page_of(folder, {.descending = true, .entries_max = 9})),
            (Names{"z", "Y", "ä.txt", "b.txt", "B.txt", "a.txt"}));
}

TEST(PageBuilder, sorts_by_size_and_equal_sizes_by_name) {
  EXPECT_EQ(names_of(page_of(folder, {.sort = SortKey::size, .entries_max = 9})),
            (Names{"Y", "z", "B.txt", "a.txt", "ä.txt", "b.txt"}));
  EXPECT_EQ(
      names_of(page_of(folder, {.sort = SortKey::size, .descending = true, .entries_max = 9})),
      (Names{"Y", "z", "b.txt", "a.txt", "ä.txt", "B.txt"}));
}

TEST(PageBuilder, sorts_by_time_and_equal_times_by_name) {
  EXPECT_EQ(names_of(page_of(folder, {.sort = SortKey::modified, .entries_max = 9})),
            (Names{"z", "Y", "B.txt", "a.txt", "ä.txt", "b.txt"}));
  EXPECT_EQ(
      names_of(page_of(folder, {.sort = SortKey::modified, .descending = true, .entries_max = 9})),
      (Names{"Y", "z", "b.txt", "a.txt", "ä.txt", "B.txt"}));
}

TEST(PageBuilder, gives_no_next_to_a_page_that_is_just_full) {
  EXPECT_EQ(page_of(folder, {.entries_max = 6}).next, "");
  EXPECT_EQ(page_of(folder, {.entries_max = 6}).entries.size(), 6u);
  EXPECT_NE(page_of(folder, {.entries_max = 5}).next, "");
  EXPECT_EQ(page_of(folder, {.entries_max = 5}).entries.size(), 5u);
}

TEST(PageBuilder, of_an_empty_folder_is_an_empty_page) {
  const auto listing = page_of({}, {.entries_max = 1});
  EXPECT_TRUE(listing.entries.empty());
  EXPECT_EQ(listing.next, "");
}

TEST(PageBuilder, ends_with_an_empty_page_when_the_rest_was_removed) {
  const auto first = page_of(folder, {.entries_max = 2});
  const auto second = page_of({folder[3], folder[4]}, {.after = first.next, .entries_max = 2});
  EXPECT_TRUE(second.entries.empty());
  EXPECT_EQ(second.next, "");
}

TEST(PageBuilder, gives_a_folder_no_size) {
  EXPECT_EQ(page_of({{"d", true, 4096, 1}}, {.entries_max = 1}).entries.front().size, 0u);
}

TEST(PageBuilder, takes_extreme_values) {
  const std::vector<ListEntry> extreme{
      {"a", false, UINT64_MAX, INT64_MIN}, {"b", false, 0, INT64_MAX}, {"c", false, 1, -1}};
  for (const auto key : {SortKey::name, SortKey::size, SortKey::modified}) {
    auto expected = extreme;
    sort_whole(expected, key, false);
    ListRequest request{.sort = key, .entries_max = 1};
    for (const auto& entry : expected) {
      const auto page = page_of(extreme, request);
      ASSERT_EQ(page.entries, std::vector{entry});
      request.after = page.next;
    }
    EXPECT_EQ(request.after, "");
  }
}

// ---- properties --------------------------------------------------------------------------------

class RandomFolders : public testing::Test {
 protected:
  static constexpr std::uint64_t seed = 20260923;
  std::mt19937_64 random{seed};

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random() % bound); }
  ListRequest random_request() {
    return {.sort = static_cast<SortKey>(below(3)),
            .descending = below(2) == 1,
            .entries_max = 1 + below(7)};
  }
};

TEST_F(RandomFolders, give_pages_that_join_to_the_sorted_whole) {
  for (int round = 0; round < 400; ++round) {
    auto entries = random_folder(random, 40);
    ListRequest request = random_request();
    std::vector<ListEntry> joined;
    do {
      const auto page = page_of(entries, request);
      ASSERT_LE(page.entries.size(), request.entries_max);
      ASSERT_LE(joined.size(), entries.size()) << "pages go round; seed " << seed;
      ASSERT_TRUE(page.next.empty() || page.entries.size() == request.entries_max);
      std::copy(page.entries.begin(), page.entries.end(), std::back_inserter(joined));
      request.after = page.next;
      std::shuffle(entries.begin(), entries.end(), random);
    } while (!request.after.empty());
    sort_whole(entries, request.sort, request.descending);
    ASSERT_EQ(joined, entries) << "seed " << seed << ", round " << round;
  }
}

// Between two pages entries come and go, the last one of the page among them.
TEST_F(RandomFolders, neither_repeat_nor_lose_what_stays_while_others_come_and_go) {
  for (int round = 0; round < 400; ++round) {
    const auto all = random_folder(random, 40);
    std::vector<ListEntry> staying;
    std::vector<ListEntry> fleeting;
    for (const auto& entry : all) (below(2) == 0 ? staying : fleeting).push_back(entry);
    ListRequest request = random_request();
    std::vector<ListEntry> joined;
    do {
      auto present = staying;
      for (const auto& entry : fleeting) {
        if (below(2) == 0) present.push_back(entry);
      }
      const auto page = page_of(present, request);
      ASSERT_LE(joined.size(), all.size()) << "pages go round; seed " << seed;
      std::copy(page.entries.begin(), page.entries.end(), std::back_inserter(joined));
      request.after = page.next;
    } while (!request.after.empty());

    auto in_order = joined;
    sort_whole(in_order, request.sort, request.descending);
    ASSERT_EQ(joined, in_order) << "seed " << seed << ", round " << round;
    ASSERT_EQ(std::adjacent_find(joined.begin(), joined.end()), joined.end());
    for (const auto& entry : staying)
      ASSERT_NE(std::find(joined.begin(), joined.end(), entry), joined.end()) << entry;
  }
}

TEST_F(RandomFolders, are_ordered_totally) {
  for (int round = 0; round < 50; ++round) {
    const auto entries = random_folder(random, 12);
    const auto request = random_request();
    const EntryOrder order(request.sort, request.descending);
    for (const auto& a : entries) {
      for (const auto& b : entries) {
        const bool same = a.name == b.name;
        ASSERT_EQ(order.before(view_of(a), view_of(b)) + order.before(view_of(b), view_of(a)),
                  same ? 0 : 1)
            << a << ", " << b;
      }
    }
  }
}

TEST(PageBuilder, holds_no_more_than_a_page_of_a_large_folder) {
  const ListRequest request{.entries_max = 100};
  PageBuilder builder(request);
  for (int i = 99'999; i >= 0; --i)
    builder.offer("file-" + std::to_string(1'000'000 + i), false, 1, i);
  const auto listing = builder.finish();
  ASSERT_EQ(listing.entries.size(), 100u);
  EXPECT_LE(listing.entries.capacity(), 128u);
  EXPECT_EQ(listing.entries.front().name, "file-1000000");
  EXPECT_EQ(listing.entries.back().name, "file-1000099");
}

}  // namespace
}  // namespace overlap::listing
