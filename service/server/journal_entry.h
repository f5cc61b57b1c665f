// A finished request, as the journal and the log have it.
#pragma once

#include <cstdint>
#include <string>

#include "common/access/peer.h"
#include "common/config/config.h"
#include "common/management/journal.h"
#include "common/transfer/request_record.h"

namespace overlap::server {

// Both throw std::bad_alloc.
management::JournalEntry journal_entry(const config::Listener& listener, const PeerInfo& peer,
                                       const RequestRecord& record, std::int64_t unix_ms);
std::string log_line(const PeerInfo& peer, const RequestRecord& record);

}  // namespace overlap::server
