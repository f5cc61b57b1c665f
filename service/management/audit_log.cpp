#include "service/management/audit_log.h"

#include <algorithm>
#include <array>
#include <new>
#include <string_view>
#include <utility>

#include "service/log/log.h"

namespace overlap::management {
namespace {

// "127.0.0.1:50000" and "[::1]:50000" without the port: a new connection has another one.
std::string_view address_of(std::string_view peer) noexcept {
  return peer.substr(0, std::min(peer.rfind(':'), peer.size()));
}

}  // namespace

bool AuditLog::is_due(std::string_view address, Instant now, std::uint64_t& omitted) {
  const std::lock_guard hold(mutex_);
  const auto is_over = [&](const Denied& entry) { return now - entry.written >= quiet; };
  auto entry = std::find_if(denied_.begin(), denied_.end(),
                            [&](const Denied& known) { return known.address == address; });
  if (entry == denied_.end() && denied_.size() < addresses_max)
    entry = denied_.insert(denied_.end(), {std::string(address), now - quiet, 0});
  if (entry == denied_.end()) {
    // The place of one that has been quiet; what was not told of it counts with the others.
    entry = std::find_if(denied_.begin(), denied_.end(), is_over);
    if (entry != denied_.end()) {
      others_.omitted += entry->omitted;
      *entry = {std::string(address), now - quiet, 0};
    }
  }
  Denied& found = entry == denied_.end() ? others_ : *entry;
  if (!is_over(found)) {
    ++found.omitted;
    return false;
  }
  found.written = now;
  omitted = std::exchange(found.omitted, 0);
  return true;
}

void AuditLog::record(const AuditRecord& record, Instant now) noexcept {
  try {
    const std::string status = std::to_string(record.status);
    // The message ends the sentence itself.
    std::string_view detail = record.detail.empty() ? "done" : std::string_view(record.detail);
    while (detail.ends_with('.')) detail.remove_suffix(1);
    if (record.admitted)
      return log::event(log::EventId::admin_audit, {record.peer, record.action, status, detail});
    std::uint64_t omitted = 0;
    if (!is_due(address_of(record.peer), now, omitted)) return;
    log::event(log::EventId::admin_denied,
               {record.peer, record.action, status, detail, std::to_string(omitted)});
  } catch (const std::bad_alloc&) {
    // The answer has been decided; only the record of it is missing.
  }
}

}  // namespace overlap::management
