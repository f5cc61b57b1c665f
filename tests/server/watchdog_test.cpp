// Threads that stand still: seen, told and forgotten again; on every model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>

#include "admin/api/sampler.h"
#include "service/log/log.h"
#include "service/log/recent.h"
#include "service/management/finding_events.h"
#include "service/management/manager.h"
#include "tests/server/running_server.h"

namespace overlap::test {
namespace {

using config::ModelName;
using log::EventId;
using testing::HasSubstr;

// Holds every thread of a listener that ends a request, until it is told to let them go.
class HoldingJournal final : public management::Journal {
 public:
  explicit HoldingJournal(std::string listener) : listener_(std::move(listener)) {}
  ~HoldingJournal() override { let_go(); }
  void add(management::JournalEntry entry) noexcept override {
    if (entry.listener != listener_) return;
    std::unique_lock hold(mutex_);
    ++held_;
    changed_.wait(hold, [this] { return open_; });
    --held_;
  }
  void drop() noexcept override {}
  management::JournalPage find(const management::JournalQuery&) const override { return {}; }
  management::JournalState state() const override { return {}; }

  int held() const {
    const std::lock_guard hold(mutex_);
    return held_;
  }
  void let_go() {
    {
      const std::lock_guard hold(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }

 private:
  const std::string listener_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int held_ = 0;
  bool open_ = false;
};

// A listener whose threads can be held, and one that has nothing to do with it.
class Watchdog : public testing::TestWithParam<ModelName> {
 protected:
  static constexpr int stall_seconds = 2;

  Watchdog()
      : running(
            GetParam(),
            [](config::Config& config) {
              config.timeouts.stall = std::chrono::seconds(stall_seconds);
              config::Listener other = config.listeners[0];
              other.name = "other";
              other.model = GetParam() == ModelName::asio ? ModelName::apc : ModelName::asio;
              config.listeners.push_back(other);
            },
            &journal),
        manager(*running.server, {"overlap.toml", {}, {}, nullptr}),
        sampler(manager, journal, [this](const admin::Picture& picture) {
          events.observe(*picture.moment, picture.findings);
        }) {
    running.folder.write("file", "content");
    before = newest_event();
    sampler.start();
  }
  ~Watchdog() override {
    journal.let_go();
    sampler.stop();
  }

  std::string name() const { return model_text(GetParam()); }
  // Of asio all threads share the work, so that each must be held.
  int threads_to_hold() const { return GetParam() == ModelName::asio ? 2 : 1; }
  bool holds(int threads) const {
    return running.reaches([&](const auto&) { return journal.held() == threads; });
  }

  std::optional<findings::Finding> finding() const {
    for (const findings::Finding& one : sampler.newest()->findings) {
      if (one.id == "shard_stalled" && one.listener == name()) return one;
    }
    return std::nullopt;
  }
  static std::uint64_t newest_event() {
    const auto page = log::newest(config::Severity::info, 1);
    return page.events.empty() ? 0 : page.events.back().sequence;
  }
  // The texts of those with that id that speak of the listener, since the start of the test.
  std::vector<std::string> told(EventId id) const {
    std::vector<std::string> texts;
    for (const auto& event : log::recent(before, config::Severity::info, log::recent_max).events) {
      const bool is_of_listener = event.text.find("listener \"" + name()) != std::string::npos ||
                                  event.text.find("listener " + name()) != std::string::npos;
      if (event.id == (static_cast<std::uint32_t>(id) & 0xFFFF) && is_of_listener)
        texts.push_back(event.text);
    }
    return texts;
  }
  void expect_found_and_gone() {
    std::optional<findings::Finding> found;
    ASSERT_TRUE(running.reaches([&](const auto&) { return (found = finding()).has_value(); }));
    EXPECT_EQ(found->model, name());
    EXPECT_EQ(found->threshold, stall_seconds);
    EXPECT_GE(found->figure, stall_seconds);
    ASSERT_EQ(told(EventId::shard_stalled).size(), 1u);
    EXPECT_EQ(HttpClient(running.server->port("other")).get("/file").body, "content");
    EXPECT_TRUE(told(EventId::shard_turns_again).empty());

    journal.let_go();
    EXPECT_TRUE(running.reaches([this](const auto&) { return !finding(); }));
    EXPECT_EQ(told(EventId::shard_stalled).size(), 1u);
    ASSERT_EQ(told(EventId::shard_turns_again).size(), 1u);
    EXPECT_THAT(told(EventId::shard_turns_again)[0], HasSubstr(name() + " turn again"));
  }

  HoldingJournal journal{model_text(GetParam())};
  RunningServer running;
  management::Manager manager;
  management::FindingEvents events;
  std::uint64_t before = 0;
  admin::Sampler sampler;
};

// The shard that accepts is looked at with those that carry; of asio it is the same one.
TEST_P(Watchdog, finds_threads_that_carry_connections_and_stand_still) {
  std::vector<HttpClient> clients;
  for (int held = 1; held <= threads_to_hold(); ++held) {
    clients.emplace_back(running.port);
    clients.back().send("GET /file HTTP/1.1\r\nHost: test\r\n\r\n");
    ASSERT_TRUE(holds(held));
  }
  expect_found_and_gone();
  EXPECT_EQ(clients.front().receive().body, "content");
}

TEST_P(Watchdog, says_nothing_while_one_thread_of_a_pool_turns) {
  if (GetParam() != ModelName::asio) GTEST_SKIP() << "its threads share nothing";
  HttpClient client(running.port);
  client.send("GET /file HTTP/1.1\r\nHost: test\r\n\r\n");
  ASSERT_TRUE(holds(1));
  const std::uint64_t picture = sampler.newest()->id;
  ASSERT_TRUE(running.reaches(
      [&](const auto&) { return sampler.newest()->id > picture + 2 * stall_seconds; }));
  EXPECT_FALSE(finding());
  EXPECT_TRUE(told(EventId::shard_stalled).empty());
}

INSTANTIATE_TEST_SUITE_P(EveryModel, Watchdog, testing::ValuesIn(all_models),
                         [](const auto& model) { return model_text(model.param); });

}  // namespace
}  // namespace overlap::test
