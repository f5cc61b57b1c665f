// What holds for every request: keep-alive, pipelining, closing, deadlines, refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

using testing::HasSubstr;

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.files = {{"a", "content a"}, {"b", "content b, which is longer than a buffer"}};
  script.uploads = {{"c", {"hello"}}};
  return script;
}
const std::string get_a = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string get_b = "GET /b HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string put_c = "PUT /c HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";

TEST(Connection, answers_pipelined_requests_in_order) {
  const Script script = script_of(get_a + get_b + put_c + get_a);
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 4u);
  EXPECT_EQ(result.responses[0].body, "content a");
  EXPECT_EQ(result.responses[1].body, script.files.at("b"));
  EXPECT_EQ(result.responses[2].status, 201);
  EXPECT_EQ(result.responses[3].body, "content a");
  EXPECT_EQ(result.trace[0], 'R');
  EXPECT_EQ(result.trace.find('R', 1), result.trace.size() - 1);
  EXPECT_EQ(result.records.size(), 4u);
  play_every_way(script);
}

TEST(Connection, answers_more_requests_than_its_buffer_holds) {
  std::string input;
  for (int i = 0; i < 400; ++i) input += i % 3 == 0 ? get_b : get_a;
  const Script script = script_of(input);
  for (const std::size_t piece : {std::size_t{SIZE_MAX}, std::size_t{1000}, std::size_t{37}}) {
    const Played result = play(script, {piece, SIZE_MAX, Fault::none, SIZE_MAX});
    ASSERT_EQ(result.responses.size(), 400u);
    for (std::size_t i = 0; i < 400; ++i)
      ASSERT_EQ(result.responses[i].body, script.files.at(i % 3 == 0 ? "b" : "a")) << i;
  }
}

TEST(Connection, serves_the_last_request_of_a_peer_that_shut_down_its_side) {
  EXPECT_EQ(play(script_of(get_a)).responses.at(0).body, "content a");
}

TEST(Connection, closes_when_the_client_asks_for_it) {
  const Script script = script_of("GET /a HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n");
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).headers.at("connection"), "close");
  EXPECT_EQ(result.trace, "RorxS");
  EXPECT_EQ(result.reason, CloseReason::finished);
  play_every_way(script);
}

TEST(Connection, reads_what_follows_a_last_request_before_it_closes) {
  const Script script =
      script_of("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + get_b);
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.trace, "RorxSHR");
}

TEST(Connection, closes_after_http_1_0_unless_asked_to_keep) {
  EXPECT_EQ(play(script_of("GET /a HTTP/1.0\r\n\r\n")).trace, "RorxS");
  const Played kept = play(script_of("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get_b));
  ASSERT_EQ(kept.responses.size(), 2u);
  EXPECT_EQ(kept.responses[0].headers.at("connection"), "keep-alive");
}

TEST(Connection, tolerates_one_empty_line_before_a_request) {
  const Script script = script_of("\r\n" + get_a + "\r\n" + get_b);
  EXPECT_EQ(play(script).responses.size(), 2u);
  play_every_way(script);
  for (const std::size_t piece : {1u, 2u, 100u}) {
    const Played two =
        play(script_of("\r\n\r\n" + get_a), {piece, SIZE_MAX, Fault::none, SIZE_MAX});
    EXPECT_EQ(two.responses.at(0).status, 400);
  }
}

TEST(Connection, skips_a_short_unwanted_body) {
  const std::string post = "PATCH /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
  const Script script = script_of(post + get_a);
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 405);
  EXPECT_EQ(result.responses[0].headers.at("allow"),
            "GET, HEAD, PUT, POST, DELETE, MKCOL, MOVE, COPY, OPTIONS");
  EXPECT_EQ(result.responses[1].body, "content a");
  play_every_way(script);
}

TEST(Connection, skips_65536_bytes_of_a_body_and_closes_at_one_more) {
  for (const std::size_t size : {65536u, 65537u}) {
    const std::string post =
        "PATCH /a HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
        std::string(size, 'x');
    const Played result = play(script_of(post + get_a));
    EXPECT_EQ(result.responses.size(), size == 65536 ? 2u : 1u);
  }
}

TEST(Connection, listens_to_a_refused_peer_only_so_long) {
  const std::string post = "PATCH /a HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n";
  Script flood = script_of(post + std::string(2'000'000, 'x'));
  const Played flooded = play(flood);
  EXPECT_EQ(flooded.responses.size(), 1u);
  EXPECT_LE(flooded.steps, 3 + 256 * 1024 / 4096 + 1);
  const Script trickle = script_of(post + std::string(3000, 'x'));  // one byte a millisecond
  const Played trickled = play(trickle, {1, SIZE_MAX, Fault::none, SIZE_MAX});
  EXPECT_TRUE(trickled.violations.empty());
  EXPECT_LE(trickled.steps, post.size() + 2 + 2001);
  Script silent = script_of(post);
  silent.at_end = AtEnd::waits;
  EXPECT_EQ(play(silent).trace, "RSHR");
}

TEST(Connection, answers_options) {
  const Script script =
      script_of("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\nOPTIONS /a HTTP/1.1\r\nHost: h\r\n\r\n");
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 204);
  EXPECT_EQ(result.responses[1].headers.at("allow"),
            "GET, HEAD, PUT, POST, DELETE, MKCOL, MOVE, COPY, OPTIONS");
  play_every_way(script);
}

TEST(Connection, refuses_other_methods) {
  for (const char* method : {"PATCH", "TRACE"}) {
    const Played result =
        play(script_of(std::string(method) + " /a HTTP/1.1\r\nHost: h\r\n\r\n" + get_a));
    ASSERT_EQ(result.responses.size(), 2u) << method;
    EXPECT_EQ(result.responses[0].status, 405) << method;
  }
  const Played unknown = play(script_of("BREW /a HTTP/1.1\r\nHost: h\r\n\r\n" + get_a));
  ASSERT_EQ(unknown.responses.size(), 2u);
  EXPECT_EQ(unknown.responses[0].status, 501);
  const Played connect = play(script_of("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n" + get_a));
  ASSERT_EQ(connect.responses.size(), 1u);
  EXPECT_EQ(connect.responses[0].status, 405);
}

TEST(Connection, that_is_refused_is_told_when_to_come_again) {
  Script script = script_of(get_a);
  script.mode = Session::Mode::refuse;
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, 503);
  EXPECT_EQ(result.responses[0].headers.at("retry-after"), "1");
  EXPECT_EQ(result.reason, CloseReason::refused);
  EXPECT_EQ(result.trace, "SHRR");
  EXPECT_TRUE(result.records.empty());
  play_every_way(script);
}

TEST(Connection, closes_after_the_response_when_the_listener_drains) {
  for (std::size_t step = 0; step < 3; ++step) {
    const Played result = play(script_of(get_a + get_b), {SIZE_MAX, SIZE_MAX, Fault::none, step});
    ASSERT_EQ(result.responses.size(), 1u);
    EXPECT_EQ(result.responses[0].headers.at("connection"), "close");
    EXPECT_EQ(result.reason, CloseReason::stopping);
  }
}

TEST(Connection, ends_itself_when_a_drain_begins_during_its_response) {
  const Played result = play(script_of(get_a), {SIZE_MAX, SIZE_MAX, Fault::none, 4});
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_FALSE(result.responses[0].headers.contains("connection"));
  EXPECT_EQ(result.reason, CloseReason::stopping);
  EXPECT_EQ(result.trace, "RorxS");
}

struct LossCase {
  std::string input;
  AtEnd at_end;
  CloseReason reason;
  int status;
};
class Loss : public testing::TestWithParam<LossCase> {};
TEST_P(Loss, is_named) {
  Script script = script_of(GetParam().input);
  script.at_end = GetParam().at_end;
  const Played result = play(script);
  EXPECT_EQ(result.reason, GetParam().reason);
  EXPECT_EQ(result.responses.empty() ? 0 : result.responses.back().status, GetParam().status);
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Loss,
    testing::Values(LossCase{"", AtEnd::closes, CloseReason::finished, 0},
                    LossCase{"\r\n", AtEnd::closes, CloseReason::finished, 0},
                    LossCase{"GET", AtEnd::closes, CloseReason::peer_lost, 0},
                    LossCase{"", AtEnd::waits, CloseReason::idle_timeout, 0},
                    LossCase{"\r", AtEnd::waits, CloseReason::idle_timeout, 0},
                    LossCase{"GET / HTTP/1.1\r\n", AtEnd::waits, CloseReason::head_timeout, 408},
                    LossCase{"G(T", AtEnd::closes, CloseReason::bad_request, 400}));

TEST(Connection, names_a_cancelled_session_stopping) {
  EXPECT_EQ(play(script_of(get_a), {SIZE_MAX, 0, Fault::cancelled, SIZE_MAX}).reason,
            CloseReason::stopping);
}

TEST(Connection, is_idle_until_the_first_byte_and_has_the_deadlines_of_its_states) {
  const Script script;
  FakeGate gate(script.gate);
  const SessionConfig config = config_of(script, gate);
  Session session(config);
  PeerInfo peer = script.peer;
  Now now;
  now.monotonic = std::chrono::seconds(1000);
  Action action = session.start(peer, now);
  EXPECT_TRUE(session.idle());
  EXPECT_EQ(session.deadline(), now.monotonic + config.timeouts.idle);

  const Now first = [&now] {
    now.monotonic += std::chrono::seconds(5);
    return now;
  }();
  std::get<Receive>(action).into[0] = std::byte{'G'};
  action = session.resume(Outcome{Result::ok, 0, 1}, now);
  EXPECT_FALSE(session.idle());
  EXPECT_EQ(session.deadline(), first.monotonic + config.timeouts.head);

  now.monotonic += std::chrono::seconds(5);
  std::get<Receive>(action).into[0] = std::byte{'E'};
  action = session.resume(Outcome{Result::ok, 0, 1}, now);
  EXPECT_EQ(session.deadline(), first.monotonic + config.timeouts.head);  // of the whole head
}

TEST(Connection, moves_the_deadline_of_a_body_only_with_real_progress) {
  Script script;
  script.config.limits.chunk_bytes = 1 << 20;
  script.config.limits.body_bytes_max = 1 << 20;
  FakeGate gate(script.gate);
  const SessionConfig config = config_of(script, gate);
  Session session(config);
  PeerInfo peer = script.peer;
  Now now;
  Action action = session.start(peer, now);
  const std::string head = "PUT /c HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
  std::copy_n(reinterpret_cast<const std::byte*>(head.data()), head.size(),
              std::get<Receive>(action).into.begin());
  session.resume(Outcome{Result::ok, 0, head.size()}, now);
  StoreOutcome created;
  session.resume(created, now);
  const Instant deadline = session.deadline();
  now.monotonic += std::chrono::seconds(1);
  // 128 bytes a second, for 30 seconds.
  session.resume(Outcome{Result::ok, 0, 3839}, now);
  EXPECT_EQ(session.deadline(), deadline);
  session.resume(Outcome{Result::ok, 0, 1}, now);
  EXPECT_EQ(session.deadline(), now.monotonic + config.timeouts.progress);
}

TEST(Connection, keeps_little_memory_between_requests) {
  Script script =
      script_of("GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(900, 'x') + "\r\n\r\n" + get_a);
  EXPECT_EQ(play(script).receives_into_most, 4096u);
}

TEST(Connection, records_the_target_of_a_refused_head) {
  const Played result = play(script_of("GET /a HTTP/1.1\r\n\r\n"));
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].method, "GET");
  EXPECT_EQ(result.records[0].target, "/a");
  EXPECT_EQ(result.records[0].status, 400);
  EXPECT_FALSE(result.records[0].whole);
}

}  // namespace
}  // namespace overlap::test
