#include "service/journal/database.h"

#include <windows.h>

#include <filesystem>
#include <limits>

#include "common/config/config.h"
#include "service/journal/schema.h"
#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap::journal {
namespace {

// Of the write-ahead log: it is written back into the file when it has so many pages, and cut to so
// many bytes when it begins anew.
constexpr char wal_pages[] = "PRAGMA wal_autocheckpoint = 1000";
constexpr char wal_bytes[] = "PRAGMA journal_size_limit = 4194304";
// In KiB: what a batch touches of the indexes stays in memory.
constexpr char cache[] = "PRAGMA cache_size = -8192";

Connection open(const std::string& path, const Tuning& tuning) {
  const std::filesystem::path file(win::to_wide(path));
  std::error_code ignored;  // the next call fails then, and says why
  std::filesystem::create_directories(file.parent_path(), ignored);
  Connection connection(path, Access::write, tuning.busy);
  prepare_schema(connection);
  connection.run(wal_pages);
  connection.run(wal_bytes);
  connection.run(cache);
  return connection;
}

std::string insert_sql() {
  return std::string("INSERT INTO transfers(") + columns +
         ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
}

std::int64_t as_integer(std::uint64_t bytes) {
  constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(bytes < max ? bytes : max);
}

std::uint64_t size_of(const std::wstring& path) noexcept {
  WIN32_FILE_ATTRIBUTE_DATA data{};
  if (!GetFileAttributesExW(path.c_str(), GetFileExInfoStandard, &data)) return 0;
  return static_cast<std::uint64_t>(data.nFileSizeHigh) << 32 | data.nFileSizeLow;
}

void rename(const std::string& from, const std::string& to) {
  if (MoveFileExW(win::to_wide(from).c_str(), win::to_wide(to).c_str(), 0)) return;
  const DWORD code = GetLastError();
  if (code != ERROR_FILE_NOT_FOUND) win::throw_error(code, "cannot rename " + from);
}

bool is_there(const std::string& path) {
  return GetFileAttributesW(win::to_wide(path).c_str()) != INVALID_FILE_ATTRIBUTES;
}

}  // namespace

Database::Database(const std::string& path, const Tuning& tuning)
    : path_(path),
      connection_(open(path, tuning)),
      insert_(connection_.prepare(insert_sql())),
      delete_before_(connection_.prepare(
          "DELETE FROM transfers WHERE id IN "
          "(SELECT id FROM transfers WHERE ended_ms < ?1 ORDER BY ended_ms LIMIT ?2)")),
      delete_oldest_(connection_.prepare(
          "DELETE FROM transfers WHERE id IN (SELECT id FROM transfers ORDER BY id LIMIT ?1)")),
      page_count_(connection_.prepare("PRAGMA page_count")),
      freelist_count_(connection_.prepare("PRAGMA freelist_count")) {
  page_bytes_ = static_cast<std::uint64_t>(connection_.number("PRAGMA page_size"));
  rows_ = static_cast<std::uint64_t>(connection_.number("SELECT count(*) FROM transfers"));
}

void Database::write(std::span<const management::JournalEntry> entries) {
  Transaction transaction(connection_);
  for (const management::JournalEntry& entry : entries) {
    const std::string_view result =
        management::transfer_result_names[static_cast<std::size_t>(entry.result)];
    insert_.bind(1, entry.unix_ms).bind(2, entry.seconds).bind(3, std::string_view(entry.listener));
    insert_.bind(4, config::name_of(entry.model)).bind(5, std::string_view(entry.peer));
    insert_.bind(6, std::string_view(entry.user)).bind(7, std::string_view(entry.method));
    insert_.bind(8, std::string_view(entry.path)).bind(9, std::int64_t{entry.status});
    insert_.bind(10, as_integer(entry.bytes_received)).bind(11, as_integer(entry.bytes_sent));
    insert_.bind(12, result).bind(13, std::string_view(entry.digest));
    insert_.run();
  }
  transaction.commit();
  rows_ += entries.size();
}

std::size_t Database::delete_by(Statement& statement) {
  statement.run();
  const auto deleted = static_cast<std::size_t>(sqlite3_changes(connection_.get()));
  rows_ -= deleted;
  return deleted;
}

std::size_t Database::delete_before(std::int64_t unix_ms, std::size_t rows_max) {
  return delete_by(delete_before_.bind(1, unix_ms).bind(2, static_cast<std::int64_t>(rows_max)));
}

std::size_t Database::delete_oldest(std::size_t rows_max) {
  return delete_by(delete_oldest_.bind(1, static_cast<std::int64_t>(rows_max)));
}

void Database::shrink(std::size_t pages_max) {
  connection_.run(("PRAGMA incremental_vacuum(" + std::to_string(pages_max) + ")").c_str());
}

void Database::checkpoint() {
  // That a reader keeps it from emptying the log is no error.
  sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                            nullptr);
}

bool Database::is_sound() {
  Statement check = connection_.prepare("PRAGMA quick_check(1)");
  return check.step() && check.text(0) == "ok";
}

std::uint64_t Database::file_bytes() const noexcept {
  try {
    const std::wstring path = win::to_wide(path_);
    return size_of(path) + size_of(path + L"-wal");
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

std::string set_aside(const std::string& path) {
  SYSTEMTIME now{};
  GetSystemTime(&now);
  char time[32];
  std::snprintf(time, sizeof time, ".corrupt-%04u%02u%02uT%02u%02u%02uZ", unsigned{now.wYear},
                unsigned{now.wMonth}, unsigned{now.wDay}, unsigned{now.wHour},
                unsigned{now.wMinute}, unsigned{now.wSecond});
  const std::string wanted = path + time;
  std::string aside = wanted;
  for (int number = 2; is_there(aside); ++number) aside = wanted + "-" + std::to_string(number);
  // The log first: a file whose log has another name must not be taken for a whole one.
  rename(path + "-wal", aside + "-wal");
  rename(path, aside);
  DeleteFileW(win::to_wide(path + "-shm").c_str());  // made anew from the log
  return aside;
}

Database open_or_set_aside(const std::string& path, const Tuning& tuning, std::string& aside) {
  try {
    return Database(path, tuning);
  } catch (const SqliteError& error) {
    if (!error.means_damage()) throw;
    aside = set_aside(path);
  }
  return Database(path, tuning);
}

}  // namespace overlap::journal
