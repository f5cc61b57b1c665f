// What the service says of itself, as JSON: the schemas are in openapi.json. Nothing is left out:
// what is unknown is null.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string_view>

#include "admin/api/sampler.h"
#include "common/config/config.h"
#include "common/findings/finding.h"
#include "common/history/history.h"
#include "common/management/journal.h"
#include "common/management/state.h"

namespace overlap::admin {

// Text that need not be UTF-8, as far as it is; the rest becomes U+FFFD (RFC 3629).
boost::json::string to_utf8(std::string_view text);

// `now_unix_ms` is for the time since the start.
boost::json::object to_json(const management::ServiceState& service,
                            const management::JournalState& journal, std::int64_t now_unix_ms);
boost::json::object to_json(const management::ListenerState& listener);
boost::json::object to_json(const management::ConnectionState& connection);
// The transfer of a connection, which must have one.
boost::json::object transfer_of(const management::ConnectionState& connection);
boost::json::object to_json(const management::JournalEntry& entry);
boost::json::object to_json(const management::UploadState& upload);
boost::json::object to_json(const management::EventRecord& event);
boost::json::object to_json(const config::Config& config);
boost::json::object to_json(const findings::Finding& finding);
// Columns of equal length; null where a second has no value.
boost::json::object to_json(const history::ModelHistory& model);
// The same columns, each with one value.
boost::json::object to_json(const Picture::ModelSample& sample);

}  // namespace overlap::admin
