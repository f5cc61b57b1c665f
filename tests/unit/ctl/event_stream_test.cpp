#include "admin/ctl/event_stream.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace overlap::ctl {
namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

Events events_of(const std::string& text, std::size_t piece) {
  Events events;
  const ApiClient::OnEvent add = [&](std::string_view name, std::string_view data) {
    events.emplace_back(name, data);
    return true;
  };
  EventStream stream(add);
  for (std::size_t at = 0; at < text.size(); at += piece)
    EXPECT_TRUE(stream.feed(std::string_view(text).substr(at, piece)));
  return events;
}

TEST(EventStream, reads_events_however_they_are_cut) {
  const std::string text =
      ": a comment\nretry: 2000\n\nevent: snapshot\nid: 1\ndata: {\"a\":1}\n\n"
      "data:two\r\ndata: lines\r\n\r\nevent: empty\n\ndata\n\ndata: unfinished\n";
  const Events expected{{"snapshot", "{\"a\":1}"}, {"message", "two\nlines"}, {"message", ""}};
  for (std::size_t piece = 1; piece <= text.size(); ++piece)
    EXPECT_EQ(events_of(text, piece), expected) << piece;
}

TEST(EventStream, ends_when_no_more_is_wanted) {
  int count = 0;
  const ApiClient::OnEvent once = [&](std::string_view, std::string_view) {
    ++count;
    return false;
  };
  EventStream stream(once);
  EXPECT_FALSE(stream.feed("data: 1\n\ndata: 2\n\n"));
  EXPECT_EQ(count, 1);
}

TEST(EventStream, gives_up_an_event_that_is_too_long) {
  const ApiClient::OnEvent any = [](std::string_view, std::string_view) { return true; };
  EventStream fits(any);
  EXPECT_TRUE(fits.feed(std::string(EventStream::event_bytes_max, 'x')));
  EventStream stream(any);
  EXPECT_FALSE(stream.feed(std::string(EventStream::event_bytes_max + 1, 'x')));
}

}  // namespace
}  // namespace overlap::ctl
