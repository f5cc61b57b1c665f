#include "service/server/journal_entry.h"

#include <chrono>

namespace overlap::server {
namespace {

using management::TransferResult;

TransferResult result_of(const RequestRecord& record) noexcept {
  // What is refused may be so before its body has come.
  if (record.answered && record.status >= 400) return TransferResult::refused;
  if (record.whole) return TransferResult::done;
  return record.suspended ? TransferResult::suspended : TransferResult::incomplete;
}

}  // namespace

management::JournalEntry journal_entry(const config::Listener& listener, const PeerInfo& peer,
                                       const RequestRecord& record, std::int64_t unix_ms) {
  management::JournalEntry entry;
  entry.unix_ms = unix_ms;
  entry.seconds = std::chrono::duration<double>(record.duration).count();
  entry.listener = listener.name;
  entry.model = listener.model;
  entry.peer = peer.endpoint;
  entry.user = record.user;
  entry.method = record.method;
  entry.path = record.target;
  entry.status = record.status;
  entry.bytes_received = record.body_bytes_received;
  entry.bytes_sent = record.body_bytes_sent;
  entry.result = result_of(record);
  // Of a transfer that did not come about nothing is known.
  if (entry.result == TransferResult::done) entry.digest = record.digest;
  return entry;
}

std::string log_line(const PeerInfo& peer, const RequestRecord& record) {
  return peer.endpoint + ' ' + (record.user.empty() ? "-" : record.user) + ' ' + record.method +
         ' ' + record.target + ' ' + std::to_string(record.status) + " received " +
         std::to_string(record.body_bytes_received) + " sent " +
         std::to_string(record.body_bytes_sent) + (record.whole ? "" : " incomplete");
}

}  // namespace overlap::server
