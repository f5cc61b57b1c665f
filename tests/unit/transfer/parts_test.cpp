// The small parts of a session on their own.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "common/transfer/input_buffer.h"
#include "common/transfer/progress.h"

namespace overlap::test {
namespace {

void receive(InputBuffer& buffer, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto room = buffer.room();
    ASSERT_FALSE(room.empty());
    const std::size_t count = std::min(room.size(), text.size() - at);
    std::copy_n(reinterpret_cast<const std::byte*>(text.data()) + at, count, room.begin());
    buffer.received(count);
    at += count;
  }
}

TEST(InputBuffer, keeps_its_bytes_when_it_moves_and_grows) {
  InputBuffer buffer;
  std::string text;
  for (int i = 0; i < 3000; ++i) text += std::to_string(i);
  receive(buffer, text.substr(0, input_bytes_initial));
  buffer.consume(4000);
  receive(buffer, text.substr(input_bytes_initial, 500));  // moves to the front
  EXPECT_EQ(buffer.text(), text.substr(4000, input_bytes_initial + 500 - 4000));
  receive(buffer, text.substr(input_bytes_initial + 500));  // grows
  EXPECT_EQ(buffer.text(), text.substr(4000));
}

TEST(InputBuffer, gives_back_what_a_large_head_needed) {
  InputBuffer buffer;
  receive(buffer, std::string(20'000, 'x'));
  buffer.consume(20'000);
  EXPECT_GT(buffer.room().size(), input_bytes_initial);
  buffer.shrink();
  EXPECT_EQ(buffer.room().size(), input_bytes_initial);
}

TEST(InputBuffer, takes_bytes_back) {
  InputBuffer buffer;
  const std::string text(10'000, 'y');
  buffer.put_back(std::as_bytes(std::span(text)));
  EXPECT_EQ(buffer.text(), text);
}

TEST(SendPace, follows_the_peer) {
  config::Timeouts timeouts;
  timeouts.progress = std::chrono::seconds(64);
  config::Limits limits;
  limits.send_bytes_per_second_min = 0;
  SendPace pace(limits, timeouts);
  EXPECT_EQ(pace.next(100), 100u);
  EXPECT_EQ(pace.next(UINT64_MAX), send_piece_bytes_first);
  for (int i = 0; i < 10; ++i) pace.ended(std::chrono::seconds(1));
  EXPECT_EQ(pace.next(UINT64_MAX), send_piece_bytes_max);
  pace.ended(std::chrono::seconds(5));  // neither fast nor slow
  EXPECT_EQ(pace.next(UINT64_MAX), send_piece_bytes_max);
  for (int i = 0; i < 11; ++i) pace.ended(std::chrono::seconds(8));
  EXPECT_EQ(pace.next(UINT64_MAX), send_piece_bytes_min);
}

// Once it is past its first piece, a reader may become 31 times slower and still end the next
// piece in time.
TEST(SendPace, never_cuts_off_a_reader_that_moves) {
  const Instant progress = std::chrono::seconds(30);
  const config::Timeouts timeouts;
  ASSERT_EQ(timeouts.progress, progress);
  for (double rate = 10e3; rate < 10e9; rate *= 1.5) {  // bytes a second
    SendPace pace(config::Limits{}, timeouts);
    for (int piece = 0; piece < 100; ++piece) {
      const auto bytes = static_cast<double>(pace.next(UINT64_MAX));
      const auto time = [bytes](double at_rate) {
        return std::chrono::duration_cast<Instant>(std::chrono::duration<double>(bytes / at_rate));
      };
      const bool smallest = pace.next(UINT64_MAX) <= send_piece_bytes_first;
      ASSERT_LT(time(smallest ? rate : rate / 31), progress) << rate << " " << piece;
      pace.ended(time(rate));
    }
  }
}

TEST(SendPace, wants_of_a_piece_what_the_minimum_rate_makes_of_it) {
  const config::Timeouts timeouts;  // 30 s
  config::Limits limits;
  const auto least = [&](std::uint64_t rate) {
    limits.send_bytes_per_second_min = rate;
    SendPace pace(limits, timeouts);
    for (int i = 0; i < 20; ++i) pace.ended(timeouts.progress);
    return pace.next(UINT64_MAX);
  };
  EXPECT_EQ(least(0), send_piece_bytes_min);
  EXPECT_EQ(least(1000), 30'000u);
  EXPECT_EQ(least(1'000'000'000), send_piece_bytes_max);
}

TEST(ReceiveProgress, counts_bytes_not_receives) {
  config::Timeouts timeouts;
  timeouts.progress = std::chrono::seconds(32);
  config::Limits limits;
  limits.receive_bytes_per_second_min = 128;
  ReceiveProgress progress(limits, timeouts);
  progress.begin(Instant(0));
  for (int i = 1; i < 4096; ++i) progress.received(1, Instant(i));
  EXPECT_EQ(progress.deadline(), std::chrono::seconds(32));
  progress.received(1, Instant(4096));
  EXPECT_EQ(progress.deadline(), std::chrono::seconds(32) + Instant(4096));
}

TEST(ReceiveProgress, is_made_by_any_byte_without_a_minimum_rate) {
  const config::Timeouts timeouts;
  config::Limits limits;
  limits.receive_bytes_per_second_min = 0;
  ReceiveProgress progress(limits, timeouts);
  progress.begin(Instant(0));
  progress.received(1, Instant(7));
  EXPECT_EQ(progress.deadline(), timeouts.progress + Instant(7));
}

}  // namespace
}  // namespace overlap::test
