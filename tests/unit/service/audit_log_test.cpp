#include "service/management/audit_log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "service/log/recent.h"

namespace overlap::management {
namespace {

using namespace std::chrono_literals;
using config::Severity;

constexpr std::uint32_t audit_id = 70;
constexpr std::uint32_t denied_id = 71;

class Audit : public testing::Test {
 protected:
  Audit() { testing::internal::CaptureStderr(); }
  ~Audit() override { testing::internal::GetCapturedStderr(); }

  void deny(const std::string& peer, int status = 401) {
    audit_.record({peer, "DELETE /api/v1/connections/1", status, "no token", false}, now_);
  }
  // What has come to the log since the last call.
  std::vector<EventRecord> written() {
    auto events = log::recent(seen_, Severity::debug, log::recent_max).events;
    if (!events.empty()) seen_ = events.back().sequence;
    return events;
  }

  AuditLog audit_;
  Instant now_ = 1000s;
  std::uint64_t seen_ = [] {
    const auto page = log::newest(Severity::debug, 1);
    return page.events.empty() ? std::uint64_t{0} : page.events.back().sequence;
  }();
};

TEST_F(Audit, writes_down_every_attempt_with_the_token) {
  for (const int status : {200, 204, 400, 404, 409, 422, 500, 503})
    audit_.record(
        {"127.0.0.1:50000", "POST /api/v1/config/reload", status, status < 300 ? "" : "a reason"},
        now_);
  const auto events = written();
  ASSERT_EQ(events.size(), 8u);
  EXPECT_EQ(events[0].text,
            "127.0.0.1:50000 asked the management endpoint for POST /api/v1/config/reload. Status "
            "200: done.");
  EXPECT_EQ(events[4].text,
            "127.0.0.1:50000 asked the management endpoint for POST /api/v1/config/reload. Status "
            "409: a reason.");
  for (const EventRecord& event : events) {
    EXPECT_EQ(event.id, audit_id);
    EXPECT_EQ(event.severity, Severity::info);
  }
}

TEST_F(Audit, writes_down_one_denied_attempt_of_an_address_a_minute_and_counts_the_rest) {
  for (const int status : {400, 401, 403, 404, 405, 413, 415, 421})
    deny("192.0.2.1:" + std::to_string(50000 + status), status);
  auto events = written();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].id, denied_id);
  EXPECT_EQ(events[0].severity, Severity::warning);
  EXPECT_NE(events[0].text.find("192.0.2.1:50400 was denied DELETE "), std::string::npos);
  EXPECT_NE(events[0].text.find(" 0 more attempts"), std::string::npos) << events[0].text;
  now_ += AuditLog::quiet - 1ns;
  deny("192.0.2.1:1");
  EXPECT_TRUE(written().empty());
  now_ += 1ns;
  deny("192.0.2.1:2");
  events = written();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_NE(events[0].text.find(" 8 more attempts"), std::string::npos) << events[0].text;
}

TEST_F(Audit, lets_no_denied_address_hide_another) {
  deny("192.0.2.1:1");
  deny("192.0.2.2:1");
  deny("[2001:db8::1]:1");
  deny("[2001:db8::2]:1");
  deny("[2001:db8::1]:2");
  EXPECT_EQ(written().size(), 4u);
}

TEST_F(Audit, is_not_silenced_by_denied_attempts) {
  deny("127.0.0.1:1");
  deny("127.0.0.1:2");
  audit_.record({"127.0.0.1:3", "POST /x", 200, ""}, now_);
  EXPECT_EQ(written().size(), 2u);
}

TEST_F(Audit, remembers_a_bounded_number_of_addresses) {
  const auto deny_number = [&](std::size_t number) {
    deny("10.0.0." + std::to_string(number) + ":1");
  };
  for (std::size_t i = 0; i < AuditLog::addresses_max; ++i) deny_number(i);
  EXPECT_EQ(written().size(), AuditLog::addresses_max);
  // All others have one place together.
  for (std::size_t i = 0; i < 100; ++i) deny_number(AuditLog::addresses_max + i);
  EXPECT_EQ(written().size(), 1u);
  for (std::size_t i = 0; i < AuditLog::addresses_max; ++i) deny_number(i);
  EXPECT_TRUE(written().empty());
  // After a quiet minute a new address takes the place of an old one.
  now_ += AuditLog::quiet;
  deny_number(200);
  deny_number(201);
  EXPECT_EQ(written().size(), 2u);
}

}  // namespace
}  // namespace overlap::management
