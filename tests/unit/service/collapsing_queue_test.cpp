// The queue of the Event Log, with a receiver that can be held up as a hanging service is.
#include "service/log/collapsing_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

namespace overlap::log {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;
constexpr auto error = EventId::listener_failed;
constexpr auto warning = EventId::listener_full;
constexpr auto information = EventId::listener_has_room;

class CollapsingQueueTest : public testing::Test {
 protected:
  using Queue = CollapsingQueue<std::string>;

  void open(Collapse::Length first_window = Collapse::window_min) {
    queue_ = std::make_unique<Queue>([this](const std::string& item) { tell(item); },
                                     [this](const auto& repeats) { tell_repeats(repeats); },
                                     first_window);
  }
  void close() { queue_.reset(); }

  bool offer(EventId id, const std::string& item) {
    return queue_->offer(id, {std::wstring(item.begin(), item.end())}, item);
  }
  // The thread takes one item and stays with it until the queue is to be closed.
  void hold_up() {
    offer(EventId::started, "held");
    ASSERT_EQ(taken_.get_future().wait_for(patience), std::future_status::ready);
  }
  void let_go() { released_.set_value(); }

  void tell(const std::string& item) {
    told_.push_back(item);
    if (item != "held") return;
    taken_.set_value();
    released_.get_future().wait();
  }
  void tell_repeats(const Collapse::Repeats& repeats) {
    repeats_.push_back(repeats);
    if (repeats_.size() == 1) first_repeats_.set_value();
  }

  std::vector<std::string> told_;
  std::vector<Collapse::Repeats> repeats_;
  std::promise<void> taken_, released_, first_repeats_;
  std::unique_ptr<Queue> queue_;
};

TEST_F(CollapsingQueueTest, tells_in_order_and_what_was_counted_at_the_end) {
  open();
  EXPECT_TRUE(offer(error, "a"));
  EXPECT_TRUE(offer(warning, "b"));
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(offer(error, "a"));
  close();
  EXPECT_EQ(told_, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(repeats_.size(), 1u);
  EXPECT_EQ(repeats_[0].count, 1'000u);
  EXPECT_EQ(repeats_[0].last, Collapse::Inserts{L"a"});
}

TEST_F(CollapsingQueueTest, tells_the_counts_of_every_id_at_the_end) {
  open();
  for (const EventId id : {error, warning, information, error, warning, information})
    offer(id, "a");
  close();
  EXPECT_EQ(repeats_.size(), 3u);
}

TEST_F(CollapsingQueueTest, tells_the_count_at_the_end_of_the_window_though_nothing_comes) {
  open(50ms);
  offer(error, "a");
  offer(error, "a");
  EXPECT_EQ(first_repeats_.get_future().wait_for(patience), std::future_status::ready);
  close();
  EXPECT_EQ(repeats_.size(), 1u);
}

TEST_F(CollapsingQueueTest, is_closed_empty) {
  open();
  close();
  EXPECT_TRUE(told_.empty());
  EXPECT_TRUE(repeats_.empty());
}

// Every id has few reports a window, so that filling the queue takes ids that no table has.
TEST_F(CollapsingQueueTest, has_room_for_errors_that_information_and_warnings_cannot_take) {
  open();
  hold_up();
  std::uint32_t ids = 0;
  const auto accepted = [&](std::uint32_t severity) {
    std::size_t count = 0;
    while (count <= queue_events_max && offer(static_cast<EventId>(severity << 30 | ++ids), "x"))
      ++count;
    return count;
  };
  EXPECT_EQ(accepted(OVERLAP_SEVERITY_INFORMATIONAL), queue_events_max / 2);
  EXPECT_EQ(accepted(OVERLAP_SEVERITY_WARNING), queue_events_max / 4);
  EXPECT_EQ(accepted(OVERLAP_SEVERITY_ERROR), queue_events_max / 4);
  let_go();
  close();
  EXPECT_EQ(told_.size(), 1 + queue_events_max);
  EXPECT_EQ(repeats_.size(), 3u) << "what found no room is counted";
}

TEST_F(CollapsingQueueTest, a_million_events_while_the_service_hangs_are_few_reports) {
  open();
  hold_up();
  for (int i = 0; i < 1'000'000; ++i) queue_->offer(error, {L"a"}, "a");
  let_go();
  close();
  EXPECT_EQ(told_.size(), 2u);
  ASSERT_EQ(repeats_.size(), 1u);
  EXPECT_EQ(repeats_[0].count, 999'999u);
}

TEST_F(CollapsingQueueTest, of_several_threads_tells_or_counts_each) {
  constexpr int each = 5'000;
  open(1ms);  // so that windows end meanwhile
  {
    std::vector<std::jthread> threads;
    for (int n = 0; n < 4; ++n)
      threads.emplace_back([this] {
        for (int i = 0; i < each; ++i) offer(error, "a");
      });
  }
  close();
  std::uint64_t counted = 0;
  for (const auto& repeats : repeats_) counted += repeats.count;
  EXPECT_EQ(told_.size() + counted, 4u * each);
}

}  // namespace
}  // namespace overlap::log
