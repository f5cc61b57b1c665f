#include "common/history/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace overlap::history {
namespace {

using testing::IsEmpty;

Sample at_second(std::int64_t second, double connections = 0) {
  Sample sample;
  sample.unix_ms = second * 1000;
  sample.set(Column::connections, connections);
  return sample;
}

std::vector<std::int64_t> seconds_of(const ModelHistory& history) {
  std::vector<std::int64_t> seconds;
  for (const Sample& sample : history.samples) seconds.push_back(sample.unix_ms / 1000);
  return seconds;
}

TEST(History, gives_the_last_seconds_the_oldest_first) {
  History history;
  for (std::int64_t second = 1; second <= 5; ++second) history.add("apc", at_second(second));
  const auto found = history.last(3, 5000);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].name, "apc");
  EXPECT_THAT(seconds_of(found[0]), testing::ElementsAre(3, 4, 5));
  EXPECT_THAT(history.last(0, 5000), IsEmpty());
  EXPECT_THAT(history.last(1, 6000), IsEmpty());
}

TEST(History, keeps_an_hour_and_not_a_second_more) {
  History history;
  for (std::int64_t second = 1; second <= 3600; ++second) history.add("apc", at_second(second));
  EXPECT_EQ(history.last(3600, 3'600'000)[0].samples.size(), samples_max);
  EXPECT_EQ(history.last(3600, 3'600'000)[0].samples.front().unix_ms, 1000);
  history.add("apc", at_second(3601));
  const auto found = history.last(1'000'000, 3'601'000);
  EXPECT_EQ(found[0].samples.size(), samples_max);
  EXPECT_EQ(found[0].samples.front().unix_ms, 2000);
  EXPECT_EQ(found[0].samples.back().unix_ms, 3'601'000);
}

TEST(History, keeps_models_apart_and_finds_one_by_name) {
  History history;
  history.add("event", at_second(1, 10));
  history.add("apc", at_second(1, 20));
  ASSERT_EQ(history.last(10, 1000).size(), 2u);
  EXPECT_EQ(history.last(10, 1000)[0].name, "event");
  const auto apc = history.last(10, 1000, "apc");
  ASSERT_EQ(apc.size(), 1u);
  EXPECT_EQ(apc[0].samples[0].at(Column::connections), 20);
  EXPECT_THAT(history.last(10, 1000, "asio"), IsEmpty());
}

TEST(History, keeps_no_more_models_than_it_may) {
  History history;
  for (std::size_t model = 0; model <= models_max; ++model)
    history.add(std::to_string(model), at_second(1));
  EXPECT_EQ(history.last(10, 1000).size(), models_max);
}

TEST(History, remembers_a_model_that_is_gone_for_an_hour) {
  History history;
  history.add("apc", at_second(10));
  history.forget_before(10'000);
  EXPECT_EQ(history.last(3600, 11'000).size(), 1u);
  history.forget_before(10'001);
  EXPECT_THAT(history.last(3600, 11'000), IsEmpty());
}

TEST(History, continues_a_model_that_comes_back) {
  History history;
  history.add("apc", at_second(10));
  history.add("apc", at_second(500));
  EXPECT_THAT(seconds_of(history.last(3600, 500'000)[0]), testing::ElementsAre(10, 500));
}

TEST(History, begins_anew_when_the_clock_was_set_back) {
  History history;
  history.add("apc", at_second(10));
  history.add("apc", at_second(11));
  history.add("apc", at_second(11));
  EXPECT_THAT(seconds_of(history.last(3600, 12'000)[0]), testing::ElementsAre(11));
  history.add("apc", at_second(5));
  EXPECT_THAT(seconds_of(history.last(3600, 12'000)[0]), testing::ElementsAre(5));
}

}  // namespace
}  // namespace overlap::history
