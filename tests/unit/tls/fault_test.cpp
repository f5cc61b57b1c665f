// Every step of a conversation over TLS goes wrong once, in every way.
#include <gtest/gtest.h>

#include <utility>

#include "tests/unit/tls/wire.h"

namespace overlap::test {
namespace {

std::shared_ptr<const TlsContext> context() {
  static const auto made = TlsContext::create(server_credentials());
  return made;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// Hears a request, sends an answer and a file, hears another request, takes its leave.
struct Conversed {
  explicit Conversed(int version, WirePlan plan)
      : client({.version_min = version, .version_max = version}), file(150'000, 'f') {
    plan.file = file;
    wire.emplace(context(), client, std::move(plan));
    Scripted& inner = wire->inner();
    inner.receive();
    inner.want(Send{bytes_of(head), bytes_of(body)});
    inner.want(SendFile{bytes_of(head), 0, file.size()});
    inner.receive();
    inner.want(ShutdownSend{});
    inner.receive();
    client.say("request one");
    client.say("request two");
    wire->run();
  }

  // In the order of the wishes: how many plain bytes each of the two sends was said to have sent.
  std::size_t sent() const {
    const auto& outcomes = wire->inner().outcomes;
    std::size_t bytes = 0;
    if (outcomes.size() > 1) bytes += outcomes[1].bytes;
    if (outcomes.size() > 2) bytes += outcomes[2].bytes;
    return bytes;
  }
  Scripted& inner() { return wire->inner(); }

  Client client;
  std::string head = "head";
  std::string body = std::string(20'000, 'b');
  std::string file;
  mutable std::optional<Wire> wire;
};

std::vector<Outcome> all_faults() {
  std::vector<Outcome> faults;
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{1}, std::size_t{100}, WirePlan::unlimited}) {
    for (const Result result :
         {Result::error, Result::eof, Result::cancelled, Result::timeout, Result::ok}) {
      faults.push_back(Outcome{result, 1236, bytes});
    }
  }
  return faults;
}

std::string name_of_fault(std::size_t step, const Outcome& fault) {
  return "step " + std::to_string(step) + ", " + std::string(name_of(fault.result)) + " after " +
         std::to_string(fault.bytes);
}

TEST(TlsFaults, without_any_the_conversation_is_whole) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Conversed talk(version, {});
    EXPECT_EQ(talk.wire->closed, CloseReason::finished);
    EXPECT_EQ(talk.client.heard(), talk.head + talk.body + talk.head + talk.file);
    EXPECT_EQ(talk.inner().heard, "request onerequest two");
    EXPECT_TRUE(talk.client.notified());
    EXPECT_EQ(talk.sent(), talk.client.heard().size());
  }
}

TEST(TlsFaults, each_step_may_fail_in_each_way) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const std::size_t steps = Conversed(version, {}).wire->steps;
    ASSERT_GT(steps, 8u);
    for (std::size_t step = 0; step < steps; ++step) {
      for (const Outcome& fault : all_faults()) {
        SCOPED_TRACE(name_of_fault(step, fault));
        Conversed talk(version, {.fault_step = step, .fault = fault});
        ASSERT_TRUE(talk.wire->closed);
        const std::string whole = talk.head + talk.body + talk.head + talk.file;
        EXPECT_TRUE(whole.starts_with(talk.client.heard()));
        EXPECT_TRUE(std::string_view("request onerequest two").starts_with(talk.inner().heard));
        // Nothing is said to have been sent that was not.
        EXPECT_LE(talk.sent(), talk.client.heard().size());
        // An end in good order is not announced unless everything that was begun has been sent.
        if (talk.client.notified()) {
          EXPECT_TRUE(talk.client.heard().empty() || talk.sent() == talk.client.heard().size());
        }
      }
    }
  }
}

TEST(TlsFaults, a_failed_send_is_reported_as_it_failed) {
  for (const Result result : {Result::error, Result::cancelled, Result::timeout}) {
    std::size_t seen = 0;
    const std::size_t steps = Conversed(TLS1_3_VERSION, {}).wire->steps;
    for (std::size_t step = 0; step < steps; ++step) {
      Conversed talk(TLS1_3_VERSION, {.fault_step = step, .fault = Outcome{result, 64, 10}});
      const auto& outcomes = talk.inner().outcomes;
      for (std::size_t i = 1; i < outcomes.size() && i < 3; ++i) {
        if (outcomes[i - 1].result != Result::ok || outcomes[i].result != result) continue;
        EXPECT_EQ(outcomes[i].native, 64u);
        ++seen;
      }
    }
    EXPECT_GE(seen, 4u) << name_of(result);  // the answer; reading and sending pieces of the file
  }
}

TEST(TlsFaults, nothing_is_sent_after_a_send_that_lost_bytes) {
  Conversed whole(TLS1_3_VERSION, {});
  const std::size_t answer = whole.wire->letters.find('S', whole.wire->letters.find("SR") + 2);
  ASSERT_NE(answer, std::string::npos);
  Conversed talk(TLS1_3_VERSION, {.fault_step = answer, .fault = Outcome{Result::timeout, 0, 10}});
  const std::string after = talk.wire->letters.substr(answer + 1);
  EXPECT_EQ(after.find('S'), std::string::npos) << talk.wire->letters;
  EXPECT_NE(after.find('D'), std::string::npos) << talk.wire->letters;
  EXPECT_EQ(talk.client.heard(), "");
}

}  // namespace
}  // namespace overlap::test
