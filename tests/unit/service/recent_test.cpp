// The newest records in memory. The ring is one for the process, so each case reads from where it
// began.
#include "service/log/recent.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "service/log/log.h"

namespace overlap::log {
namespace {

using management::EventPage;

class Recent : public testing::Test {
 protected:
  // Without a Logging, lines go to standard error.
  Recent() { testing::internal::CaptureStderr(); }
  ~Recent() override { testing::internal::GetCapturedStderr(); }

  static std::uint64_t last() {
    const EventPage page = newest(Severity::debug, 1);
    return page.events.empty() ? 0 : page.events.back().sequence;
  }
  static std::vector<std::string> texts(const EventPage& page) {
    std::vector<std::string> found;
    for (const auto& event : page.events) found.push_back(event.text);
    return found;
  }
  static void write_numbers(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) write(Severity::info, std::to_string(i));
  }

  const std::uint64_t before_ = last();
};

using Texts = std::vector<std::string>;

TEST_F(Recent, are_given_the_oldest_first_from_a_sequence_on) {
  write(Severity::info, "one");
  write(Severity::warning, "two");
  write(Severity::error, "three");
  EXPECT_EQ(texts(recent(before_, Severity::debug, 10)), (Texts{"one", "two", "three"}));
  const EventPage page = recent(before_ + 1, Severity::debug, 10);
  EXPECT_EQ(texts(page), (Texts{"two", "three"}));
  EXPECT_EQ(page.lost, 0u);
  EXPECT_EQ(page.events[0].sequence, before_ + 2);
  EXPECT_EQ(page.events[0].severity, Severity::warning);
  EXPECT_EQ(page.events[0].id, 0u);
  EXPECT_GT(page.events[0].unix_ms, 1'700'000'000'000);
  EXPECT_LE(page.events[0].unix_ms, page.events[1].unix_ms);
}

TEST_F(Recent, can_be_asked_for_by_severity_and_number) {
  write(Severity::info, "a");
  write(Severity::warning, "b");
  write(Severity::info, "c");
  write(Severity::error, "d");
  EXPECT_EQ(texts(recent(before_, Severity::warning, 10)), (Texts{"b", "d"}));
  EXPECT_EQ(texts(recent(before_, Severity::warning, 1)), Texts{"b"});
  EXPECT_EQ(texts(recent(before_, Severity::info, 3)), (Texts{"a", "b", "c"}));
  EXPECT_EQ(texts(recent(before_, Severity::info, 0)), Texts());
  EXPECT_EQ(texts(newest(Severity::info, 2)), (Texts{"c", "d"}));
  EXPECT_EQ(texts(newest(Severity::warning, 2)), (Texts{"b", "d"}));
}

TEST_F(Recent, have_the_lines_of_the_level_and_every_event) {
  write(Severity::debug, "below the level");
  event(EventId::continued, {});
  const EventPage page = recent(before_, Severity::debug, 10);
  ASSERT_EQ(page.events.size(), 1u);
  EXPECT_EQ(page.events[0].id, 6u);
  EXPECT_EQ(page.events[0].text, "Overlap serves new connections again after a pause.");
}

TEST_F(Recent, are_forgotten_past_their_number_and_counted_as_lost) {
  write_numbers(recent_max);
  EventPage page = recent(before_, Severity::debug, recent_max);
  EXPECT_EQ(page.lost, 0u);
  ASSERT_EQ(page.events.size(), recent_max);
  EXPECT_EQ(page.events.front().text, "0");
  write(Severity::info, "one more");
  page = recent(before_, Severity::debug, recent_max);
  EXPECT_EQ(page.lost, 1u);
  ASSERT_EQ(page.events.size(), recent_max);
  EXPECT_EQ(page.events.front().text, "1");
  EXPECT_EQ(page.events.front().sequence, before_ + 2);
  EXPECT_EQ(page.events.back().text, "one more");
  EXPECT_EQ(recent(before_ + 1, Severity::debug, 1).lost, 0u);
}

TEST_F(Recent, are_none_after_the_newest) {
  write(Severity::info, "x");
  const EventPage page = recent(before_ + 1, Severity::debug, 10);
  EXPECT_TRUE(page.events.empty());
  EXPECT_EQ(page.lost, 0u);
}

// Whoever goes on from an earlier run of the service has a number that is not reached yet.
TEST_F(Recent, are_all_after_a_number_that_was_never_given) {
  write(Severity::info, "x");
  for (const std::uint64_t after : {before_ + 2, ~std::uint64_t{0}})
    EXPECT_EQ(texts(recent(after, Severity::debug, recent_max)),
              texts(recent(0, Severity::debug, recent_max)));
}

TEST_F(Recent, are_cut_one_byte_past_their_bound_and_are_utf8) {
  write(Severity::info, std::string(recent_text_bytes_max, 'x'));
  write(Severity::info, std::string(recent_text_bytes_max + 1, 'x'));
  write(Severity::info, "\xff\n");
  const Texts expected{std::string(recent_text_bytes_max, 'x'),
                       std::string(recent_text_bytes_max, 'x') + "...", "\\xff\\x0a"};
  EXPECT_EQ(texts(recent(before_, Severity::info, 10)), expected);
}

TEST_F(Recent, of_several_threads_are_each_counted_once) {
  constexpr std::size_t each = 200;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([] { write_numbers(each); });
    for (int i = 0; i < 50; ++i) recent(before_, Severity::debug, recent_max);
  }
  const EventPage page = recent(before_, Severity::debug, recent_max);
  ASSERT_EQ(page.events.size(), 4 * each);
  for (std::size_t i = 0; i < page.events.size(); ++i)
    EXPECT_EQ(page.events[i].sequence, before_ + 1 + i);
}

}  // namespace
}  // namespace overlap::log
