// A real session behind TLS: files that go and come whole, or not at all.
#include "common/transfer/session.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>

#include "tests/unit/tls/wire.h"

namespace overlap::test {
namespace {

class OpenGate final : public access::Gate {
 public:
  access::Identity anonymous() const override { return anybody_; }
  access::Identity named(std::string_view) const override { return nullptr; }
  bool knows_users() const override { return false; }
  std::optional<access::LoginOutcome> recall(std::string_view, const PeerInfo&, Instant) override {
    return access::LoginOutcome{};
  }

 private:
  access::Identity anybody_ = std::make_shared<const access::User>(
      "", std::vector<access::Rule>{{"", access::Rights::all()}}, 0);
};

std::string pattern(std::size_t bytes, unsigned seed) {
  std::mt19937 random(seed);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

// One connection to a server that has a few files.
struct Served {
  explicit Served(int version, WirePlan plan = {})
      : client({.version_min = version, .version_max = version}),
        wire(context(), client, std::move(plan), std::make_unique<Session>(config)) {
    files["small"] = pattern(1000, 1);
    files["large"] = pattern(300'000, 2);
    wire.store = [this](const Ask& ask) { return answer(ask); };
  }

  static std::shared_ptr<const TlsContext> context() {
    static const auto made = TlsContext::create(server_credentials());
    return made;
  }

  StoreOutcome answer(const Ask& ask) {
    StoreOutcome outcome;
    switch (ask.verb) {
      case StoreVerb::open: {
        const auto found = files.find(ask.path.text());
        if (found == files.end()) {
          outcome.error = StoreError::not_found;
        } else {
          wire.file = found->second;
          outcome.info.size = wire.file.size();
        }
        break;
      }
      case StoreVerb::create:
        wire.file.clear();
        uploading = ask.path.text();
        break;
      case StoreVerb::commit:
        outcome.created = files.insert_or_assign(uploading, wire.file).second;
        outcome.info.size = wire.file.size();
        break;
      default: break;
    }
    return outcome;
  }

  OpenGate gate;
  SessionConfig config{{}, {}, {}, "test", gate, 1};
  std::map<std::string, std::string> files;
  std::string uploading;
  Client client;
  Wire wire;
};

std::string put(const std::string& name, const std::string& body) {
  return "PUT /" + name + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string get(const std::string& name) { return "GET /" + name + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

constexpr int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

TEST(SessionOverTls, serves_files_however_the_wire_cuts_them) {
  for (const int version : versions) {
    for (const std::size_t segment : {std::size_t{100}, std::size_t{1460}, WirePlan::unlimited}) {
      Served served(version, {.receive_bytes_max = segment, .send_bytes_max = segment});
      served.client.say(get("small") + get("large") + get("none"), segment % 1000 + 1);
      served.wire.run();
      const std::string& heard = served.client.heard();
      EXPECT_NE(heard.find("\r\n\r\n" + served.files["small"] + "HTTP/1.1 200"), std::string::npos);
      EXPECT_NE(heard.find("\r\n\r\n" + served.files["large"] + "HTTP/1.1 404"), std::string::npos);
      EXPECT_EQ(served.wire.records, (std::vector<std::string>{"/small", "/large", "/none"}));
      EXPECT_EQ(served.wire.closed, CloseReason::finished);
    }
  }
}

TEST(SessionOverTls, stores_uploads_however_the_wire_cuts_them) {
  const std::string body = pattern(200'000, 3);
  for (const int version : versions) {
    for (const std::size_t record : {std::size_t{1000}, std::size_t{16'384}}) {
      Served served(version, {.receive_bytes_max = 1460});
      served.client.say(put("new", body) + get("new"), record);
      served.wire.run();
      EXPECT_EQ(served.files["new"], body);
      EXPECT_TRUE(served.client.heard().starts_with("HTTP/1.1 201"));
      EXPECT_TRUE(served.client.heard().ends_with("\r\n\r\n" + body));
    }
  }
}

TEST(SessionOverTls, stores_no_upload_that_was_cut_off_or_tampered_with) {
  const std::string body = pattern(50'000, 4);
  for (const bool notified : {true, false}) {
    Served served(TLS1_3_VERSION);
    served.client.say(put("new", body).substr(0, 40'000));
    if (notified) served.client.close_notify();
    served.wire.run();
    EXPECT_EQ(served.files.count("new"), 0u);
    EXPECT_TRUE(served.client.heard().starts_with("HTTP/1.1 400")) << served.client.heard();
  }
  Served served(TLS1_3_VERSION, {.eof_when_silent = false});
  served.wire.run();
  served.client.say(put("new", body));
  served.wire.damage_next_receive();
  served.wire.run();
  EXPECT_EQ(served.files.count("new"), 0u);
  EXPECT_TRUE(served.wire.closed);
}

TEST(SessionOverTls, a_step_that_fails_leaves_old_or_new_and_never_a_mixture) {
  const std::string body = pattern(100'000, 5);
  const std::size_t steps = [&] {
    Served served(TLS1_3_VERSION);
    served.client.say(get("large") + put("small", body));
    served.wire.run();
    return served.wire.steps;
  }();
  ASSERT_GT(steps, 10u);
  for (std::size_t step = 0; step < steps; ++step) {
    for (const Result result : {Result::error, Result::cancelled, Result::timeout, Result::eof}) {
      for (const std::size_t bytes : {std::size_t{0}, std::size_t{50}}) {
        Served served(TLS1_3_VERSION, {.fault_step = step, .fault = Outcome{result, 5, bytes}});
        const std::string old = served.files["small"];
        served.client.say(get("large") + put("small", body));
        served.wire.run();
        EXPECT_TRUE(served.wire.closed) << step;
        const std::string& now = served.files["small"];
        EXPECT_TRUE(now == old || now == body) << step;
        const std::size_t head = served.client.heard().find("\r\n\r\n");
        if (head == std::string::npos) continue;
        const std::string got =
            served.client.heard().substr(head + 4, served.files["large"].size());
        EXPECT_TRUE(served.files["large"].starts_with(got)) << step;
      }
    }
  }
}

}  // namespace
}  // namespace overlap::test
