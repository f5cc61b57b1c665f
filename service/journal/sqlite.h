// The few calls of SQLite that the journal uses, as owners and exceptions.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace overlap::journal {

// "database or disk is full"; with the sentence of Windows behind it if that says more.
class SqliteError : public std::runtime_error {
 public:
  SqliteError(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  int primary_code() const noexcept { return code_ & 0xFF; }
  // The file is damaged, or none of SQLite's.
  bool means_damage() const noexcept {
    return primary_code() == SQLITE_CORRUPT || primary_code() == SQLITE_NOTADB;
  }

 private:
  int code_;  // an extended one
};

// A prepared statement. Its connection must outlive it.
class Statement {
 public:
  Statement(sqlite3* connection, std::string_view sql);

  // Places are counted from 1. Text must stay as it is until reset().
  Statement& bind(int place, std::int64_t value);
  Statement& bind(int place, double value);
  Statement& bind(int place, std::string_view text);

  // True: there is a row. Throws SqliteError.
  bool step();
  // To be run again; ends what it holds of the file.
  void reset() noexcept { sqlite3_reset(statement_.get()); }
  // Runs it to its end, and leaves it reset even if it fails.
  void run();
  // The first column of its first row; 0 if there is none.
  std::int64_t number();

  // Of the row; columns are counted from 0.
  std::int64_t integer(int column) { return sqlite3_column_int64(statement_.get(), column); }
  double real(int column) { return sqlite3_column_double(statement_.get(), column); }
  bool is_null(int column) { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  std::string text(int column);

 private:
  void check(int code);

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Resets a statement whatever happens, so that no reader keeps a writer from the file.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) noexcept : statement_(statement) {}
  ~ResetAtEnd() { statement_.reset(); }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  Statement& statement_;
};

enum class Access : bool { read, write };

// One thread at a time.
class Connection {
 public:
  // `path` is UTF-8. For writing, the file is made if it is missing. Throws SqliteError.
  Connection(const std::string& path, Access access, std::chrono::milliseconds busy);

  sqlite3* get() const noexcept { return connection_.get(); }
  Statement prepare(std::string_view sql) const { return {get(), sql}; }
  void run(const char* sql) const;
  // Of a query that gives one number, such as a pragma.
  std::int64_t number(std::string_view sql) const { return prepare(sql).number(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

// BEGIN IMMEDIATE, and ROLLBACK unless it was committed.
class Transaction {
 public:
  explicit Transaction(const Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  const Connection& connection_;
  bool open_ = true;
};

}  // namespace overlap::journal
