// What becomes of a finished request in the journal.
#include "service/server/journal_entry.h"

#include <gtest/gtest.h>

namespace overlap::server {
namespace {

using management::TransferResult;

RequestRecord record_of(int status, bool answered, bool whole) {
  RequestRecord record;
  record.method = "PUT";
  record.target = "/a?b";
  record.user = "anna";
  record.status = status;
  record.answered = answered;
  record.whole = whole;
  record.body_bytes_received = 7;
  record.body_bytes_sent = 9;
  record.duration = std::chrono::milliseconds(1500);
  record.digest = "sha-256=:AA==:";
  return record;
}

TransferResult result_of(const RequestRecord& record) {
  return journal_entry({}, {}, record, 0).result;
}

TEST(JournalEntry, tells_who_moved_what_on_which_listener) {
  config::Listener listener;
  listener.name = "fast";
  listener.model = config::ModelName::apc;
  PeerInfo peer;
  peer.endpoint = "192.0.2.7:50000";
  const auto entry = journal_entry(listener, peer, record_of(201, true, true), 12345);
  EXPECT_EQ(entry.unix_ms, 12345);
  EXPECT_EQ(entry.seconds, 1.5);
  EXPECT_EQ(entry.listener, "fast");
  EXPECT_EQ(entry.model, config::ModelName::apc);
  EXPECT_EQ(entry.peer, "192.0.2.7:50000");
  EXPECT_EQ(entry.user, "anna");
  EXPECT_EQ(entry.method, "PUT");
  EXPECT_EQ(entry.path, "/a?b");
  EXPECT_EQ(entry.status, 201);
  EXPECT_EQ(entry.bytes_received, 7u);
  EXPECT_EQ(entry.bytes_sent, 9u);
  EXPECT_EQ(entry.result, TransferResult::done);
  EXPECT_EQ(entry.digest, "sha-256=:AA==:");
}

TEST(JournalEntry, an_upload_that_was_refused_before_its_body_came_was_refused) {
  EXPECT_EQ(result_of(record_of(413, true, false)), TransferResult::refused);
  EXPECT_EQ(result_of(record_of(404, true, true)), TransferResult::refused);
  EXPECT_EQ(result_of(record_of(399, true, true)), TransferResult::done);
  EXPECT_EQ(result_of(record_of(400, true, true)), TransferResult::refused);
}

TEST(JournalEntry, what_was_cut_off_is_incomplete_or_can_be_resumed) {
  RequestRecord record = record_of(0, false, false);
  EXPECT_EQ(result_of(record), TransferResult::incomplete);
  record.status = 200;
  EXPECT_EQ(result_of(record), TransferResult::incomplete);
  record.suspended = true;
  EXPECT_EQ(result_of(record), TransferResult::suspended);
}

TEST(JournalEntry, has_no_digest_of_what_did_not_come_about) {
  EXPECT_TRUE(journal_entry({}, {}, record_of(412, true, true), 0).digest.empty());
}

}  // namespace
}  // namespace overlap::server
