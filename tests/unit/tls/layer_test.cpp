// What TlsLayer makes of the actions of the conversation that it wraps.
#include "common/tls/layer.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "tests/unit/tls/wire.h"

namespace overlap::test {
namespace {

std::shared_ptr<const TlsContext> context() {
  static const auto made = TlsContext::create(server_credentials());
  return made;
}

std::string pattern(std::size_t bytes, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

ClientOptions only(int version) { return {.version_min = version, .version_max = version}; }

constexpr int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

// ---- receiving
// -----------------------------------------------------------------------------------

TEST(TlsLayer, delivers_what_comes_however_it_is_cut_and_joined) {
  const std::string said = pattern(40'000);
  for (const int version : versions) {
    for (const std::size_t record : {1u, 7u, 1000u, 16'384u}) {
      const std::string expected = said.substr(0, record * 20);
      for (const std::size_t segment :
           {std::size_t{1}, std::size_t{5}, std::size_t{1460}, WirePlan::unlimited}) {
        if (record < 7 && segment < 5) continue;  // a million steps
        for (const std::size_t into : {1u, 333u, 100'000u}) {
          Client client(only(version));
          Wire wire(context(), client, {.receive_bytes_max = segment});
          wire.inner().receive_bytes = into;
          wire.inner().receive_all();
          client.say(expected, record);
          wire.run();
          ASSERT_EQ(wire.inner().heard, expected)
              << "records of " << record << ", segments of " << segment << ", into " << into;
        }
      }
    }
  }
}

TEST(TlsLayer, delivers_the_rest_of_a_record_before_it_receives_more) {
  Client client;
  Wire wire(context(), client, {.eof_when_silent = false});
  wire.inner().receive_bytes = 3;
  wire.inner().receive_all();
  wire.run();
  const std::size_t before = wire.steps;
  client.say("0123456789");
  wire.run();
  EXPECT_EQ(wire.inner().heard, "0123456789");
  EXPECT_EQ(wire.steps, before + 1);  // one receive outside, four inside
}

TEST(TlsLayer, ends_the_input_with_and_without_close_notify) {
  for (const bool notified : {true, false}) {
    Client client;
    Wire wire(context(), client, {});
    wire.inner().receive_all();
    client.say("the end");
    if (notified) client.close_notify();
    wire.run();
    EXPECT_EQ(wire.inner().heard, "the end");
    ASSERT_FALSE(wire.inner().outcomes.empty());
    EXPECT_EQ(wire.inner().outcomes.back().result, Result::eof);
    EXPECT_EQ(wire.inner().outcomes.back().bytes, 0u);
  }
}

TEST(TlsLayer, says_that_input_has_ended_wherever_it_is_cut_off) {
  const std::string said = "PUT /a HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345";
  std::size_t whole = WirePlan::unlimited;
  for (std::size_t kept = 0; kept < whole; ++kept) {
    Client client;
    Wire wire(context(), client, {.eof_when_silent = false});
    wire.inner().receive_all();
    wire.run();
    client.say(said);
    const std::string ciphertext = client.take_output();
    whole = ciphertext.size();
    wire.inject(ciphertext.substr(0, kept));
    wire.run();
    ASSERT_TRUE(wire.waiting);
    EXPECT_EQ(wire.inner().heard, "") << "a record was delivered before all of it had come";
    EXPECT_EQ(wire.layer().resume(Outcome{Result::eof, 0, 0}, wire.now).index(),
              Action(Close{}).index());
    EXPECT_EQ(wire.inner().outcomes.back().result, Result::eof);
  }
}

TEST(TlsLayer, can_still_answer_when_the_input_has_ended) {
  const std::string answer = "400";
  for (const bool notified : {true, false}) {
    Client client;
    Wire wire(context(), client, {});
    wire.inner().receive_all();
    wire.inner().want(Send{bytes_of(answer), {}});
    if (notified) client.close_notify();
    wire.run();
    EXPECT_EQ(client.heard(), "400");
  }
}

TEST(TlsLayer, keeps_what_came_before_a_deadline) {
  // A receive that is cancelled may have moved bytes: what follows in the stream still decrypts.
  for (const Result result : {Result::timeout, Result::cancelled, Result::error}) {
    for (const std::size_t bytes : {1u, 10u, 1000u}) {
      Client client;
      Wire wire(context(), client, {.eof_when_silent = false});
      wire.inner().receive();
      wire.inner().receive();
      wire.run();
      client.say("0123456789");
      wire.fail_next(Outcome{result, 7, bytes});
      wire.run();
      ASSERT_EQ(wire.inner().outcomes.size(), 2u);
      EXPECT_EQ(wire.inner().outcomes[0].result, result);
      EXPECT_EQ(wire.inner().outcomes[0].native, 7u);
      EXPECT_EQ(wire.inner().outcomes[0].bytes, 0u);
      EXPECT_EQ(wire.inner().heard, "0123456789");
    }
  }
}

TEST(TlsLayer, fails_the_receive_and_tells_the_peer_when_a_record_was_tampered_with) {
  for (const int version : versions) {
    Client client(only(version));
    Wire wire(context(), client, {.eof_when_silent = false});
    wire.inner().receive_all();
    const std::string answer = "too late";
    wire.inner().want(Send{bytes_of(answer), {}});
    wire.inner().receive();
    wire.run();
    client.say("what was meant");
    wire.damage_next_receive();
    wire.run();
    EXPECT_EQ(wire.inner().heard, "");
    ASSERT_EQ(wire.inner().outcomes.size(), 3u);
    for (const Outcome& outcome : wire.inner().outcomes) {
      EXPECT_EQ(outcome.result, Result::error);
      EXPECT_EQ(outcome.bytes, 0u);
    }
    EXPECT_NE(client.error().find("alert bad record mac"), std::string::npos) << client.error();
    EXPECT_EQ(client.heard(), "");
    EXPECT_FALSE(client.notified());
  }
}

// ---- sending
// -------------------------------------------------------------------------------------

TEST(TlsLayer, sends_head_and_body_of_any_size_however_little_is_taken_at_a_time) {
  const std::size_t sizes[] = {
      0,      1, 16'383, 16'384, 16'385, tls_piece_bytes - 1, tls_piece_bytes, tls_piece_bytes + 1,
      300'000};
  for (const int version : versions) {
    for (const std::size_t head_bytes : {0u, 1u, 500u}) {
      for (const std::size_t body_bytes : sizes) {
        if (head_bytes + body_bytes == 0) continue;
        for (const std::size_t segment : {std::size_t{999}, WirePlan::unlimited}) {
          const std::string head = pattern(head_bytes, 1);
          const std::string body = pattern(body_bytes, 2);
          Client client(only(version));
          Wire wire(context(), client, {.send_bytes_max = segment});
          wire.inner().want(Send{bytes_of(head), bytes_of(body)});
          wire.run();
          ASSERT_EQ(client.heard(), head + body) << head_bytes << " and " << body_bytes;
          ASSERT_EQ(wire.inner().outcomes.size(), 1u);
          EXPECT_EQ(wire.inner().outcomes[0].result, Result::ok);
          EXPECT_EQ(wire.inner().outcomes[0].bytes, head_bytes + body_bytes);
        }
      }
    }
  }
}

TEST(TlsLayer, sends_a_part_of_a_file_however_it_is_read) {
  const std::string file = pattern(tls_piece_bytes * 3 + 100);
  const std::string head = "head";
  const std::pair<std::uint64_t, std::uint64_t> parts[] = {{0, 1},
                                                           {7, tls_piece_bytes - 4},
                                                           {7, tls_piece_bytes - 3},
                                                           {0, tls_piece_bytes},
                                                           {1, tls_piece_bytes + 1},
                                                           {0, file.size()},
                                                           {file.size() - 1, 1}};
  for (const auto& [offset, count] : parts) {
    for (const std::size_t read : {std::size_t{1000}, WirePlan::unlimited}) {
      for (const bool with_head : {true, false}) {
        Client client;
        Wire wire(context(), client,
                  {.send_bytes_max = 50'000, .read_bytes_max = read, .file = file});
        wire.inner().want(SendFile{with_head ? bytes_of(head) : bytes_of({}), offset, count});
        wire.run();
        ASSERT_EQ(client.heard(), (with_head ? head : "") + file.substr(offset, count));
        ASSERT_EQ(wire.inner().outcomes.size(), 1u);
        EXPECT_EQ(wire.inner().outcomes[0].result, Result::ok);
        EXPECT_EQ(wire.inner().outcomes[0].bytes, count + (with_head ? head.size() : 0));
      }
    }
  }
}

TEST(TlsLayer, sends_a_file_behind_a_head_of_any_size) {
  const std::string file = pattern(1000);
  for (const std::size_t bytes : {tls_piece_bytes - 1, tls_piece_bytes, tls_piece_bytes + 1}) {
    const std::string head = pattern(bytes, 2);
    Client client;
    Wire wire(context(), client, {.file = file});
    wire.inner().want(SendFile{bytes_of(head), 0, file.size()});
    wire.run();
    EXPECT_EQ(client.heard(), head + file);
    EXPECT_EQ(wire.inner().outcomes.front().bytes, head.size() + file.size());
  }
}

TEST(TlsLayer, reads_no_more_of_a_file_at_a_time_than_a_piece) {
  const std::string file = pattern(1'000'000);
  Client client;
  Wire wire(context(), client, {.file = file});
  wire.inner().want(SendFile{{}, 0, file.size()});
  wire.run();
  const auto reads =
      static_cast<std::size_t>(std::count(wire.letters.begin(), wire.letters.end(), 'r'));
  EXPECT_EQ(reads, (file.size() + tls_piece_bytes - 1) / tls_piece_bytes);
  EXPECT_EQ(client.heard(), file);
}

TEST(TlsLayer, reports_the_end_of_a_file_that_became_shorter) {
  const std::string file = pattern(100'000);
  Client client;
  Wire wire(context(), client, {.file = file});
  wire.inner().want(SendFile{{}, 0, 200'000});
  wire.inner().want(Close{CloseReason::failed});
  wire.run();
  ASSERT_EQ(wire.inner().outcomes.size(), 1u);
  EXPECT_EQ(wire.inner().outcomes[0].result, Result::eof);
  EXPECT_EQ(wire.inner().outcomes[0].bytes, client.heard().size());
  EXPECT_EQ(client.heard(), file);
  // Nobody may take this for the end of the response.
  EXPECT_EQ(wire.closed, CloseReason::failed);
  EXPECT_FALSE(client.notified());
}

// ---- both ways
// -----------------------------------------------------------------------------------

TEST(TlsLayer, goes_on_after_the_client_has_asked_for_new_keys) {
  Client client(only(TLS1_3_VERSION));
  Wire wire(context(), client, {.eof_when_silent = false});
  wire.inner().receive_all();
  wire.run();
  for (int i = 0; i < 5; ++i) {
    client.request_new_keys();
    client.say("x");
    wire.run();
  }
  EXPECT_EQ(wire.inner().heard, "xxxxx");
  EXPECT_FALSE(client.failed()) << client.error();
  EXPECT_EQ(wire.letters.substr(wire.letters.size() - 2), "RS");  // answered before the next wait
}

TEST(TlsLayer, refuses_to_negotiate_anew) {
  Client client(only(TLS1_2_VERSION));
  Wire wire(context(), client, {.eof_when_silent = false});
  wire.inner().receive_all();
  wire.run();
  client.renegotiate();
  wire.run();
  client.say("still here");
  wire.run();
  EXPECT_EQ(wire.inner().heard, "");
  EXPECT_TRUE(client.failed());
}

TEST(TlsLayer, shows_each_finished_request_once) {
  // Three requests in one record, the last cut off by the end of the input.
  for (const std::size_t into : {1u, 2u, 100u}) {
    Client client;
    Wire wire(context(), client, {});
    wire.inner().receive_bytes = into;
    wire.inner().finish_marker = ";";
    wire.inner().receive_all();
    client.say(into == 100 ? "a;" : "a;b;c;d");
    wire.run();
    const std::vector<std::string> expected =
        into == 100 ? std::vector<std::string>{"0"} : std::vector<std::string>{"0", "1", "2"};
    EXPECT_EQ(wire.records, expected) << "into " << into;
    EXPECT_EQ(wire.inner().requests_finished, expected.size());
  }
}

TEST(TlsLayer, passes_everything_else_on_untouched) {
  Client client;
  Wire wire(context(), client, {.file = "0123456789"});
  std::vector<std::byte> into(4);
  wire.inner().wanted_deadline = never;
  wire.inner().want(Read{6, into});
  wire.inner().want(Ask{});
  wire.inner().want(LogIn{"Basic x"});
  wire.inner().want(Pause{std::chrono::seconds(99)});
  wire.inner().want(CloseFile{});
  wire.run();
  EXPECT_EQ(wire.letters.substr(wire.letters.find('r')), "ralpcS");
  EXPECT_EQ(into[0], std::byte{'6'});
  EXPECT_EQ(wire.inner().outcomes[0].bytes, 4u);
  ASSERT_EQ(wire.inner().answers.size(), 1u);
  EXPECT_EQ(wire.inner().answers[0].native, 4711u);
  EXPECT_EQ(wire.inner().logins, 1u);
}

TEST(TlsLayer, has_the_deadline_and_the_idleness_of_the_conversation) {
  Client client;
  Wire wire(context(), client, {.eof_when_silent = false});
  wire.inner().receive_all();
  wire.inner().wanted_idle = true;
  wire.run();
  ASSERT_TRUE(wire.waiting);
  EXPECT_EQ(wire.layer().deadline(), wire.inner().wanted_deadline);
  EXPECT_TRUE(wire.layer().idle());
  // Part of a record is part of a request.
  client.say("a request");
  const std::string ciphertext = client.take_output();
  for (const std::size_t bytes : {1u, 6u}) {
    wire.inject(ciphertext.substr(bytes == 1 ? 0 : 1, bytes == 1 ? 1 : 5));
    wire.run();
    EXPECT_FALSE(wire.layer().idle());
  }
  wire.inject(ciphertext.substr(6));
  wire.run();
  EXPECT_EQ(wire.inner().heard, "a request");
  EXPECT_TRUE(wire.layer().idle());
  wire.inner().wanted_idle = false;
  EXPECT_FALSE(wire.layer().idle());
}

TEST(TlsLayer, receives_into_little_while_idle_and_into_much_for_a_body) {
  Client client;
  Wire wire(context(), client, {.eof_when_silent = false});
  wire.inner().receive_all();
  wire.inner().wanted_idle = true;
  wire.run();
  EXPECT_EQ(wire.receive_room, tls_idle_receive_bytes);
  wire.inner().wanted_idle = false;
  wire.inner().receive_bytes = 1'000'000;
  client.say("a head");
  wire.run();
  EXPECT_EQ(wire.receive_room, tls_receive_bytes_max);
  wire.inner().receive_bytes = 4096;
  wire.inner().wanted_idle = true;
  client.say("a body");
  wire.run();
  EXPECT_EQ(wire.receive_room, tls_idle_receive_bytes);
}

// ---- endings
// -------------------------------------------------------------------------------------

TEST(TlsLayer, says_close_notify_before_it_shuts_down) {
  Client client;
  Wire wire(context(), client, {.send_bytes_max = 5});
  wire.inner().want(ShutdownSend{});
  wire.inner().receive_all();
  wire.run();
  EXPECT_TRUE(client.notified());
  EXPECT_TRUE(wire.shut_down);
  EXPECT_EQ(wire.closed, CloseReason::finished);
  EXPECT_EQ(wire.inner().outcomes.front().result, Result::ok);
}

TEST(TlsLayer, says_close_notify_before_an_orderly_close_only) {
  const std::pair<CloseReason, bool> endings[] = {{CloseReason::finished, true},
                                                  {CloseReason::failed, false},
                                                  {CloseReason::peer_lost, false},
                                                  {CloseReason::slow_peer, false}};
  for (const auto& [reason, expected] : endings) {
    Client client;
    Wire wire(context(), client, {});
    wire.inner().want(Close{reason});
    wire.run();
    EXPECT_EQ(wire.closed, reason);
    EXPECT_EQ(client.notified(), expected);
  }
}

TEST(TlsLayer, does_not_take_leave_of_somebody_who_is_gone) {
  Client client;
  Wire wire(context(), client, {});
  wire.inner().receive_all();
  wire.run();
  EXPECT_EQ(wire.closed, CloseReason::finished);
  EXPECT_EQ(wire.letters.back(), 'R');
}

}  // namespace
}  // namespace overlap::test
