#include "admin/api/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/unit/observation/scripted_service.h"

namespace overlap::admin {
namespace {

using namespace std::chrono_literals;
using history::Column;

constexpr auto patience = 60s;  // what should happen soon; no test lasts so long
constexpr std::int64_t first_unix_ms = 1'800'000'000'000;

struct SamplerTest : testing::Test {
  SamplerTest() {
    stats::ModelSnapshot model;
    model.name = "asio";
    source.model_snapshots.push_back(model);
  }
  // The `second`-th second.
  bool take(int second) { return sampler.take(100s + 1s * second, first_unix_ms + 1000 * second); }
  static Sampler::Clock::time_point soon() { return Sampler::Clock::now() + patience; }

  ScriptedSource source;
  ScriptedJournal journal;
  Sampler sampler{source, journal};
};

TEST_F(SamplerTest, has_nothing_before_the_first_picture) {
  EXPECT_EQ(sampler.newest(), nullptr);
  EXPECT_TRUE(sampler.last(3600).empty());
  EXPECT_EQ(sampler.wait_for_next(0, Sampler::Clock::now()), nullptr);
  EXPECT_FALSE(sampler.stopped());
}

TEST_F(SamplerTest, has_rates_from_the_second_picture_on) {
  EXPECT_TRUE(take(0));
  EXPECT_EQ(sampler.newest()->id, 1u);
  EXPECT_FALSE(sampler.newest()->samples[0].sample.at(Column::requests_per_second));
  source.model_snapshots[0].requests[2] = 30;
  EXPECT_TRUE(take(1));
  EXPECT_EQ(sampler.newest()->id, 2u);
  EXPECT_EQ(sampler.newest()->samples[0].name, "asio");
  EXPECT_EQ(sampler.newest()->samples[0].sample.at(Column::requests_per_second), 30);
  const auto history = sampler.last(10, "asio");
  ASSERT_EQ(history.size(), 1u);
  ASSERT_EQ(history[0].samples.size(), 2u);
  EXPECT_EQ(history[0].samples[1].at(Column::requests_per_second), 30);
}

TEST_F(SamplerTest, takes_models_that_appear_and_disappear) {
  take(0);
  stats::ModelSnapshot apc;
  apc.name = "apc";
  apc.requests[2] = 1000;
  source.model_snapshots.push_back(apc);
  take(1);
  ASSERT_EQ(sampler.newest()->samples.size(), 2u);
  // What it had counted before it was seen is no rate.
  EXPECT_FALSE(sampler.newest()->samples[1].sample.at(Column::requests_per_second));
  source.model_snapshots.erase(source.model_snapshots.begin());
  take(2);
  ASSERT_EQ(sampler.newest()->samples.size(), 1u);
  EXPECT_EQ(sampler.newest()->samples[0].name, "apc");
  ASSERT_EQ(sampler.last(3600).size(), 2u);
  EXPECT_EQ(sampler.last(3600)[0].samples.size(), 2u);
}

TEST_F(SamplerTest, carries_what_the_service_says_and_what_it_means) {
  journal.journal_state = {.enabled = true, .problem = "no disk."};
  source.service_state.version = "9";
  source.listener_states.emplace_back().name = "front";
  take(0);
  const auto picture = sampler.newest();
  EXPECT_EQ(picture->moment->service.version, "9");
  EXPECT_EQ(picture->moment->listeners[0].name, "front");
  EXPECT_EQ(picture->moment->timeouts.idle, config::Timeouts{}.idle);
  ASSERT_EQ(picture->findings.size(), 1u);
  EXPECT_EQ(picture->findings[0].id, "journal_not_writing");
  EXPECT_EQ(picture->findings[0].since_unix_ms, first_unix_ms);
}

TEST_F(SamplerTest, loses_one_picture_when_the_service_cannot_answer) {
  take(0);
  source.broken = true;
  EXPECT_FALSE(take(1));
  EXPECT_EQ(sampler.newest()->id, 1u);
  source.broken = false;
  source.model_snapshots[0].requests[2] = 30;
  EXPECT_TRUE(take(2));
  EXPECT_EQ(sampler.newest()->id, 2u);
  EXPECT_EQ(sampler.newest()->samples[0].sample.at(Column::requests_per_second), 15);
}

TEST_F(SamplerTest, hands_the_next_picture_to_all_who_wait) {
  std::vector<std::thread> streams;
  std::atomic<int> served{0};
  for (int i = 0; i < 8; ++i)
    streams.emplace_back([&] {
      std::uint64_t id = 0;
      while (id < 5) {
        const auto picture = sampler.wait_for_next(id, soon());
        if (!picture) return;
        EXPECT_GT(picture->id, id);
        id = picture->id;
      }
      ++served;
    });
  for (int second = 0; second < 5; ++second) take(second);
  for (std::thread& stream : streams) stream.join();
  EXPECT_EQ(served, 8);
  EXPECT_EQ(sampler.wait_for_next(5, Sampler::Clock::now() + 1ms), nullptr);
  EXPECT_EQ(sampler.wait_for_next(4, Sampler::Clock::now())->id, 5u);
}

TEST_F(SamplerTest, takes_pictures_by_itself_and_wakes_all_at_the_stop) {
  sampler.start();
  ASSERT_NE(sampler.newest(), nullptr);
  EXPECT_NE(sampler.wait_for_next(sampler.newest()->id, soon()), nullptr);
  std::thread stream{[&] {
    while (sampler.wait_for_next(1'000'000, soon())) {
    }
    EXPECT_TRUE(sampler.stopped());
  }};
  const auto begun = Sampler::Clock::now();
  sampler.stop();
  stream.join();
  EXPECT_LT(Sampler::Clock::now() - begun, patience);
  EXPECT_EQ(sampler.wait_for_next(0, soon()), nullptr);
  EXPECT_NE(sampler.newest(), nullptr);
  sampler.stop();
}

TEST_F(SamplerTest, shows_each_picture_to_its_observer_before_others_get_it) {
  std::vector<std::uint64_t> seen;
  const Sampler* watched = nullptr;
  bool failing = false;
  Sampler observed{source, journal, [&](const Picture& picture) {
                     EXPECT_EQ(picture.moment->models.size(), 1u);
                     const auto newest = watched->newest();
                     EXPECT_EQ(newest ? newest->id : 0, picture.id - 1);
                     if (failing) throw std::runtime_error("no memory");
                     seen.push_back(picture.id);
                   }};
  watched = &observed;
  EXPECT_TRUE(observed.take(100s, first_unix_ms));
  EXPECT_TRUE(observed.take(101s, first_unix_ms + 1000));
  failing = true;
  EXPECT_FALSE(observed.take(102s, first_unix_ms + 2000));
  EXPECT_THAT(seen, testing::ElementsAre(1, 2));
}

TEST_F(SamplerTest, lets_those_go_who_have_given_up_and_nobody_else) {
  std::atomic<bool> given_up{false};
  std::thread leaving{[&] { EXPECT_EQ(sampler.wait_for_next(0, soon(), given_up), nullptr); }};
  std::thread staying{[&] { EXPECT_NE(sampler.wait_for_next(0, soon()), nullptr); }};
  const auto begun = Sampler::Clock::now();
  sampler.wake();
  given_up = true;
  sampler.wake();
  leaving.join();
  EXPECT_LT(Sampler::Clock::now() - begun, patience);
  EXPECT_FALSE(sampler.stopped());
  take(0);
  staying.join();
  EXPECT_EQ(sampler.wait_for_next(0, soon(), given_up), nullptr);
}

TEST_F(SamplerTest, answers_while_it_takes_pictures) {
  std::atomic<bool> done{false};
  std::thread reader{[&] {
    while (!done) {
      const auto picture = sampler.newest();
      EXPECT_EQ(picture ? picture->samples.size() : 1u, 1u);
      for (const auto& history : sampler.last(3600)) EXPECT_EQ(history.name, "asio");
    }
  }};
  for (int second = 0; second < 500; ++second) take(second);
  done = true;
  reader.join();
}

}  // namespace
}  // namespace overlap::admin
