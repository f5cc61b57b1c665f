// The schema of the journal's file, and how an older one becomes it.
#pragma once

#include <string>

#include "service/journal/sqlite.h"

namespace overlap::journal {

// "OVLP": tells the file from those of other programs ("PRAGMA application_id").
inline constexpr std::int64_t application_id = 0x4F564C50;

// Of the newest schema ("PRAGMA user_version").
int newest_schema() noexcept;

// Gives an empty file the schema, and brings an older one up to date, a version in a transaction.
// Throws SqliteError, and std::runtime_error if the file is of another program or a newer version.
void prepare_schema(const Connection& connection);

// The columns in the order in which rows are inserted; a query has `id` in front of them.
inline constexpr char columns[] =
    "ended_ms, seconds, listener, model, peer, user, method, path, status, bytes_received, "
    "bytes_sent, result, digest";

}  // namespace overlap::journal
