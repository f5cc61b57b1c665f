#include "service/journal/sqlite.h"

#include "service/win/error.h"

namespace overlap::journal {
namespace {

[[noreturn]] void fail(sqlite3* connection) {
  if (connection == nullptr) throw std::bad_alloc();
  const int code = sqlite3_extended_errcode(connection);
  std::string text = sqlite3_errmsg(connection);
  const int primary = code & 0xFF;
  if (primary == SQLITE_CANTOPEN || primary == SQLITE_IOERR || primary == SQLITE_READONLY) {
    const int cause = sqlite3_system_errno(connection);
    if (cause != 0) text += ": " + win::error_code(static_cast<DWORD>(cause)).message();
  }
  throw SqliteError(code, text);
}

}  // namespace

Statement::Statement(sqlite3* connection, std::string_view sql) {
  sqlite3_stmt* made = nullptr;
  const int code =
      sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &made, nullptr);
  statement_.reset(made);
  if (code != SQLITE_OK) fail(connection);
}

void Statement::check(int code) {
  if (code != SQLITE_OK) fail(sqlite3_db_handle(statement_.get()));
}

Statement& Statement::bind(int place, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), place, value));
  return *this;
}

Statement& Statement::bind(int place, double value) {
  check(sqlite3_bind_double(statement_.get(), place, value));
  return *this;
}

Statement& Statement::bind(int place, std::string_view text) {
  // A null pointer would be NULL, not an empty text.
  const char* data = text.empty() ? "" : text.data();
  // A null destructor is SQLITE_STATIC: SQLite makes no copy.
  check(sqlite3_bind_text(statement_.get(), place, data, static_cast<int>(text.size()), nullptr));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(sqlite3_db_handle(statement_.get()));
  return false;
}

void Statement::run() {
  const ResetAtEnd reset(*this);
  while (step()) {
  }
}

std::int64_t Statement::number() {
  const ResetAtEnd reset(*this);
  return step() ? integer(0) : 0;
}

std::string Statement::text(int column) {
  const void* data = sqlite3_column_text(statement_.get(), column);
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), bytes);
}

Connection::Connection(const std::string& path, Access access, std::chrono::milliseconds busy) {
  const int flags =
      access == Access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  sqlite3* made = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &made, flags | SQLITE_OPEN_EXRESCODE, nullptr);
  connection_.reset(made);
  if (code != SQLITE_OK) fail(made);
  sqlite3_busy_timeout(made, static_cast<int>(busy.count()));
  // A file that others have prepared must not make the service do more than read and write rows.
  sqlite3_db_config(made, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(made, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(made, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(made, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
}

void Connection::run(const char* sql) const {
  if (sqlite3_exec(get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(get());
}

Transaction::Transaction(const Connection& connection) : connection_(connection) {
  connection_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // After some errors SQLite has rolled back by itself: then this fails, and that is well.
  if (open_) sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  connection_.run("COMMIT");
  open_ = false;
}

}  // namespace overlap::journal
