#include "service/journal/schema.h"

#include <array>

namespace overlap::journal {
namespace {

// Migration n makes version n + 1 out of version n. None is ever changed: files of it are out
// there.
constexpr std::array migrations{
    // AUTOINCREMENT: an id is not given twice, even if all rows are deleted; cursors rely on it.
    // The key of a row is the last column of each index: they are ordered by id where the rest is
    // equal, which is the order that is asked for.
    "CREATE TABLE transfers("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  ended_ms INTEGER NOT NULL,"  // since 1970-01-01 UTC
    "  seconds REAL NOT NULL,"
    "  listener TEXT NOT NULL,"
    "  model TEXT NOT NULL,"
    "  peer TEXT NOT NULL,"
    "  user TEXT NOT NULL,"  // '': nobody logged in
    "  method TEXT NOT NULL,"
    "  path TEXT NOT NULL,"
    "  status INTEGER NOT NULL,"  // 0: no response began
    "  bytes_received INTEGER NOT NULL,"
    "  bytes_sent INTEGER NOT NULL,"
    "  result TEXT NOT NULL,"
    "  digest TEXT NOT NULL"  // '': not known
    ") STRICT;"
    "CREATE INDEX transfers_by_time ON transfers(ended_ms);"
    "CREATE INDEX transfers_by_user ON transfers(user);"
    "CREATE INDEX transfers_by_path ON transfers(path);",
};

}  // namespace

int newest_schema() noexcept { return static_cast<int>(migrations.size()); }

void prepare_schema(const Connection& connection) {
  const bool is_new = connection.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (is_new) {
    // Before the first table, and outside of a transaction, or it has no effect.
    connection.run("PRAGMA auto_vacuum = INCREMENTAL");
  } else if (connection.number("PRAGMA application_id") != application_id) {
    throw std::runtime_error("it is a database of another program");
  }
  const std::int64_t version = connection.number("PRAGMA user_version");
  if (version > newest_schema()) {
    throw std::runtime_error("it was written by a newer version of Overlap (schema " +
                             std::to_string(version) + ", this one knows " +
                             std::to_string(newest_schema()) + ")");
  }
  connection.run("PRAGMA journal_mode = WAL");
  // A power failure may take the last transactions, and never damages the file.
  connection.run("PRAGMA synchronous = NORMAL");
  for (auto next = static_cast<std::size_t>(version); next < migrations.size(); ++next) {
    Transaction transaction(connection);
    connection.run(migrations[next]);
    connection.run(("PRAGMA user_version = " + std::to_string(next + 1)).c_str());
    connection.run(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
    transaction.commit();
  }
}

}  // namespace overlap::journal
